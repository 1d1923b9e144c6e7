using System.Buffers.Binary;

namespace Emu.Cli;

/// <summary>Kinds of calls that wait: poll, select, epoll, futex, and timeouts.</summary>
internal static class WaitKinds
{
    private const int PollSize = 8;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, SpecialPrinter> special, Dictionary<string, NotePrinter> notes)
    {
        special["pollfds"] = static (call, in kind, index) => AddPolled(call, call.Args[index], call.CountOf(kind));
        notes["pollfds"] = static (call, in kind, index) => AddReady(call, call.Args[index], call.CountOf(kind));
        special["select"] = static (call, in _, _) => AddSelect(call, "timeval");
        notes["select"] = static (call, in _, _) => AddSelected(call, "timeval");
        special["pselect"] = static (call, in _, _) => AddPselect(call);
        notes["pselect"] = static (call, in _, _) => AddSelected(call, "timespec");
        special["epollevent"] = AddEvent;
        special["futex"] = static (call, in _, _) => AddFutex(call);
    }

    private static void AddPointed(CallText call, string kind, ulong address)
    {
        if (address == 0 || !StructKinds.TryPrint(call, new CallKind(KindDirection.In, kind, "", KindCount.One, 1), address))
            call.Writer.AddPointer(address);
    }

    private static PrintState AddPolled(CallText call, ulong address, ulong count)
    {
        ByteWriter writer = call.Writer;
        Span<byte> entry = stackalloc byte[PollSize];
        if (address == 0 || (count != 0 && !call.TryRead(address, entry)))
        {
            writer.AddPointer(address);
            return PrintState.Done;
        }
        writer.Add((byte)'[');
        for (ulong i = 0; i < Math.Min(count, CallText.Limit) && call.TryRead(address + (i * PollSize), entry); i++)
        {
            int fd = BinaryPrimitives.ReadInt32LittleEndian(entry);
            writer.Add(i == 0 ? "{fd="u8 : ", {fd="u8).Add(fd);
            if (fd >= 0)
                NameTable.Of("poll").AddFlags(writer.Add(", events="u8), BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]));
            writer.Add((byte)'}');
        }
        writer.Add(count > CallText.Limit ? ", ...]"u8 : "]"u8);
        return PrintState.Done;
    }

    // What is ready, and what is left of the time where the call tells.
    private static void AddReady(CallText call, ulong address, ulong count)
    {
        const int PpollNumber = 271;
        if (call.Result == 0)
            call.Note.Add("Timeout"u8);
        if (call.Result <= 0)
            return;
        Span<byte> entry = stackalloc byte[PollSize];
        bool any = false;
        for (ulong i = 0; i < count && call.TryRead(address + (i * PollSize), entry); i++)
        {
            ushort events = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]);
            if (events == 0)
                continue;
            call.Note.Add(any ? ", {fd="u8 : "[{fd="u8).Add(BinaryPrimitives.ReadInt32LittleEndian(entry));
            NameTable.Of("poll").AddFlags(call.Note.Add(", revents="u8), events);
            call.Note.Add((byte)'}');
            any = true;
        }
        call.Note.Add(any ? "]"u8 : ""u8);
        if (call.Row.Number == PpollNumber)
            AddLeft(call, "timespec", call.Args.A2);
    }

    private static PrintState AddSelect(CallText call, string time)
    {
        int highest = (int)call.Args.A0;
        AddSet(call, highest, call.Args.A1);
        AddSet(call, highest, call.Args.A2);
        AddSet(call, highest, call.Args.A3);
        AddPointed(call, time, call.Args.A4);
        return PrintState.Done;
    }

    // The last argument points to a mask and its size.
    private static PrintState AddPselect(CallText call)
    {
        AddSelect(call, "timespec");
        call.Writer.Add(", "u8);
        ulong address = call.Args.A5;
        if (address == 0 || !call.TryReadWord(address, out ulong mask) || !call.TryReadWord(address + 8, out ulong size))
        {
            call.Writer.AddPointer(address);
            return PrintState.Done;
        }
        call.Writer.Add("{sigmask="u8);
        if (mask != 0 && call.TryReadWord(mask, out ulong set))
            SignalKinds.AddSet(call.Writer, set);
        else
            call.Writer.AddPointer(mask);
        call.Writer.Add(", sigsetsize="u8).Add(size).Add((byte)'}');
        return PrintState.Done;
    }

    private static void AddSet(CallText call, int highest, ulong address)
    {
        if (address == 0 || !TryAddSet(call, call.Writer, highest, address))
            call.Writer.AddPointer(address);
        call.Writer.Add(", "u8);
    }

    private static bool TryAddSet(CallText call, ByteWriter writer, int highest, ulong address)
    {
        const int MostDescriptors = 1024;
        byte[] set = new byte[(Math.Clamp(highest, 0, MostDescriptors) + 63) / 64 * 8];
        if (!call.TryRead(address, set))
            return false;
        writer.Add((byte)'[');
        bool any = false;
        for (int fd = 0; fd < Math.Min(highest, set.Length * 8); fd++)
        {
            if ((set[fd / 8] & (1 << (fd % 8))) == 0)
                continue;
            writer.Add(any ? " "u8 : ""u8).Add(fd);
            any = true;
        }
        writer.Add((byte)']');
        return true;
    }

    private static void AddSelected(CallText call, string time)
    {
        if (call.Result == 0)
            call.Note.Add("Timeout"u8);
        if (call.Result <= 0)
            return;
        string[] names = ["in ", "out ", "except "];
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < names.Length; i++)
        {
            ulong address = call.Args[i + 1];
            if (address == 0 || !HasAny(call, (int)call.Args.A0, address))
                continue;
            call.Note.Add(call.Note.Length == 0 ? "" : ", ").Add(names[i]);
            TryAddSet(call, call.Note, (int)call.Args.A0, address);
        }
        AddLeft(call, time, call.Args.A4);
    }

    private static bool HasAny(CallText call, int highest, ulong address)
    {
        ByteWriter set = new();
        return TryAddSet(call, set, highest, address) && set.Length > 2;
    }

    private static void AddLeft(CallText call, string time, ulong address)
    {
        if (address == 0)
            return;
        call.Note.Add(call.Note.Length == 0 ? "left "u8 : ", left "u8);
        ByteWriter writer = call.Writer;
        call.Writer = call.Note;
        AddPointed(call, time, address);
        call.Writer = writer;
    }

    private static PrintState AddEvent(CallText call, in CallKind kind, int index)
    {
        const int Delete = 2;
        if ((int)call.Args[kind.ParameterIndex] == Delete)
            call.Writer.AddPointer(call.Args[index]);
        else
            AddPointed(call, "epoll_event", call.Args[index]);
        return PrintState.Done;
    }

    // Source: futex(2). Which arguments there are, the operation decides.
    private static PrintState AddFutex(CallText call)
    {
        const int PrivateFlag = 128, ClockFlag = 256;
        ByteWriter writer = call.Writer;
        int operation = (int)call.Args.A1, command = operation & ~(PrivateFlag | ClockFlag);
        writer.AddPointer(call.Args.A0).Add(", "u8);
        if (NameTable.Of("futexop").Find((uint)command) is { } name)
            writer.Add(name).Add((operation & PrivateFlag) != 0 ? "_PRIVATE"u8 : ""u8);
        else
            writer.AddHexNumber((uint)operation).Add(" /* FUTEX_??? */"u8);
        if ((operation & ClockFlag) != 0)
            writer.Add("|FUTEX_CLOCK_REALTIME"u8);
        AddFutexArguments(call, command);
        return PrintState.Done;
    }

    private static void AddFutexArguments(CallText call, int command)
    {
        SyscallFutex form = SyscallFutex.Of(command);
        ByteWriter writer = call.Writer;
        if (form.HasValue)
            writer.Add(", "u8).Add((ulong)(uint)call.Args.A2);
        if (form.HasTimeout)
            AddPointed(call, "timespec", Separated(writer, call.Args.A3));
        if (form.HasSecondValue)
            writer.Add(", "u8).Add((ulong)(uint)call.Args.A3);
        if (form.IsUnknown)
            writer.Add(", "u8).AddHexNumber(call.Args.A3);
        if (form.HasSecondAddress)
            writer.Add(", "u8).AddPointer(call.Args.A4);
        if (form.ThirdValue == 'm')
            AddBits(writer, (uint)call.Args.A5);
        else if (form.ThirdValue == 'v')
            writer.Add(", "u8).Add((ulong)(uint)call.Args.A5);
        else if (form.ThirdValue == 'o')
            AddWakeOperation(writer, (uint)call.Args.A5);
        else if (form.IsUnknown)
            writer.Add(", "u8).AddHexNumber((uint)call.Args.A5);
    }

    private static ulong Separated(ByteWriter writer, ulong value)
    {
        writer.Add(", "u8);
        return value;
    }

    private static void AddBits(ByteWriter writer, uint bits)
    {
        if (bits == uint.MaxValue)
            writer.Add(", FUTEX_BITSET_MATCH_ANY"u8);
        else
            writer.Add(", "u8).AddHexNumber(bits);
    }

    private static void AddWakeOperation(ByteWriter writer, uint operation)
    {
        const uint ShiftFlag = 8;
        uint verb = operation >> 28;
        writer.Add(", "u8).Add((verb & ShiftFlag) != 0 ? "FUTEX_OP_OPARG_SHIFT<<28|"u8 : ""u8);
        NameTable.Of("futexverb").AddValue(writer, verb & ~ShiftFlag);
        writer.Add("<<28|"u8).AddHexNumber((operation >> 12) & 0xFFF).Add("<<12|"u8);
        NameTable.Of("futexcompare").AddValue(writer, (operation >> 24) & 0xF);
        writer.Add("<<24|"u8).AddHexNumber(operation & 0xFFF);
    }

    /// <summary>Which arguments an operation of futex has.</summary>
    private readonly record struct SyscallFutex(
        bool HasValue, bool HasTimeout, bool HasSecondValue, bool HasSecondAddress, char ThirdValue, bool IsUnknown)
    {
        public static SyscallFutex Of(int command) => command switch
        {
            0 => new(true, true, false, false, ' ', false), // WAIT
            1 or 2 => new(true, false, false, false, ' ', false), // WAKE, FD
            3 => new(true, false, true, true, ' ', false), // REQUEUE
            4 or 12 => new(true, false, true, true, 'v', false), // CMP_REQUEUE, CMP_REQUEUE_PI
            5 => new(true, false, true, true, 'o', false), // WAKE_OP
            6 or 13 => new(false, true, false, false, ' ', false), // LOCK_PI, LOCK_PI2
            7 or 8 => new(false, false, false, false, ' ', false), // UNLOCK_PI, TRYLOCK_PI
            9 => new(true, true, false, false, 'm', false), // WAIT_BITSET
            10 => new(true, false, false, false, 'm', false), // WAKE_BITSET
            11 => new(true, true, false, true, ' ', false), // WAIT_REQUEUE_PI
            _ => new(true, false, false, true, ' ', true),
        };
    }
}
