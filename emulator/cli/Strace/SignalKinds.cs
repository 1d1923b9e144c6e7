using System.Buffers.Binary;

namespace Emu.Cli;

/// <summary>Kinds about signals: their names, sets of them, handlers, what is told with them.</summary>
internal static class SignalKinds
{
    private const int RealTime = 32, Last = 64;

    private static readonly string[] Names =
    [
        "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, ValueKind> values, Dictionary<string, PointedPrinter> pointed,
        Dictionary<string, SpecialPrinter> special)
    {
        values["sig"] = new(4, static (writer, value, _) => writer.AddSignal((int)value));
        pointed["sigset"] = static (call, in kind, address) => TryAddSet(call, address, call.CountOf(kind));
        pointed["sigaction"] = static (call, in _, address) => TryAddAction(call, address);
        pointed["siginfo"] = static (call, in _, address) => TryAddInfo(call, address);
        pointed["sigevent"] = static (call, in _, address) => TryAddEvent(call, address);
        special["sigframe"] = static (call, in _, _) => AddFrameMask(call);
    }

    /// <summary>The name of a signal without SIG, or its number.</summary>
    public static string NameOf(int signal) => signal switch
    {
        > 0 and < RealTime => Names[signal],
        RealTime => "RTMIN",
        > RealTime and <= Last => $"RT_{signal - RealTime}",
        _ => signal.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Adds a signal's name.</summary>
    public static ByteWriter AddSignal(this ByteWriter writer, int signal) =>
        writer.Add(signal is > 0 and <= Last ? "SIG"u8 : ""u8).Add(NameOf(signal));

    /// <summary>Adds a set of signals: those that are missing, if there are fewer of them by far.</summary>
    public static void AddSet(ByteWriter writer, ulong set)
    {
        const int ManySignals = Last * 2 / 3;
        if (System.Numerics.BitOperations.PopCount(set) >= ManySignals)
        {
            writer.Add((byte)'~');
            set = ~set;
        }
        writer.Add((byte)'[');
        bool any = false;
        for (int signal = 1; signal <= Last; signal++)
        {
            if ((set & (1UL << (signal - 1))) == 0)
                continue;
            writer.Add(any ? " "u8 : ""u8).Add(NameOf(signal));
            any = true;
        }
        writer.Add((byte)']');
    }

    /// <summary>Adds what is told with a signal, up to the closing brace.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="info">A siginfo of 128 bytes.</param>
    public static void AddInfo(ByteWriter writer, ReadOnlySpan<byte> info)
    {
        int signal = BinaryPrimitives.ReadInt32LittleEndian(info), code = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        AddSignal(writer.Add("{si_signo="u8), signal);
        AddCode(writer.Add(", si_code="u8), signal, code);
        int first = BinaryPrimitives.ReadInt32LittleEndian(info[16..]), second = BinaryPrimitives.ReadInt32LittleEndian(info[20..]);
        if (code > 0 && code < 0x80)
            AddFaultOrChild(writer, signal, info);
        else if (code == -2)
            writer.Add(", si_timerid="u8).AddHexNumber((uint)first).Add(", si_overrun="u8).Add(second);
        else if (code <= 0)
            writer.Add(", si_pid="u8).Add(first).Add(", si_uid="u8).Add((ulong)(uint)second);
        if (code is -1 or -2)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(info[24..]);
            writer.Add(", si_int="u8).Add((int)value).Add(", si_ptr="u8).AddPointer(value);
        }
        writer.Add((byte)'}');
    }

    /// <summary>Adds the name of a code.</summary>
    public static void AddCode(ByteWriter writer, int signal, int code)
    {
        string table = signal switch
        {
            4 => "sicode_ill",
            5 => "sicode_trap",
            7 => "sicode_bus",
            8 => "sicode_fpe",
            11 => "sicode_segv",
            17 => "sicode_chld",
            _ => "sicode",
        };
        string? name = (code is > 0 and < 0x80 ? NameTable.Of(table) : NameTable.Of("sicode")).Find((uint)code);
        if (name == null)
            writer.AddHexNumber((uint)code);
        else
            writer.Add(name);
    }

    private static void AddFaultOrChild(ByteWriter writer, int signal, ReadOnlySpan<byte> info)
    {
        const int Child = 17, Exited = 1;
        if (signal != Child)
        {
            writer.Add(", si_addr="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(info[16..]));
            return;
        }
        int status = BinaryPrimitives.ReadInt32LittleEndian(info[24..]);
        writer.Add(", si_pid="u8).Add(BinaryPrimitives.ReadInt32LittleEndian(info[16..])).Add(", si_uid="u8)
            .Add((ulong)BinaryPrimitives.ReadUInt32LittleEndian(info[20..])).Add(", si_status="u8);
        if (BinaryPrimitives.ReadInt32LittleEndian(info[8..]) == Exited)
            writer.Add(status);
        else
            AddSignal(writer, status);
        writer.Add(", si_utime="u8).Add(BinaryPrimitives.ReadInt64LittleEndian(info[32..])).Add(", si_stime="u8)
            .Add(BinaryPrimitives.ReadInt64LittleEndian(info[40..]));
    }

    private static bool TryAddSet(CallText call, ulong address, ulong size)
    {
        if (size != 8 || !call.TryReadWord(address, out ulong set))
            return false;
        AddSet(call.Writer, set);
        return true;
    }

    private static bool TryAddAction(CallText call, ulong address)
    {
        const ulong Restorer = 0x04000000;
        Span<byte> action = stackalloc byte[32];
        if (!call.TryRead(address, action))
            return false;
        ulong handler = BinaryPrimitives.ReadUInt64LittleEndian(action), flags = BinaryPrimitives.ReadUInt64LittleEndian(action[8..]);
        ByteWriter writer = call.Writer.Add("{sa_handler="u8);
        if (handler < 2)
            writer.Add(handler == 0 ? "SIG_DFL"u8 : "SIG_IGN"u8);
        else
            writer.AddPointer(handler);
        AddSet(writer.Add(", sa_mask="u8), BinaryPrimitives.ReadUInt64LittleEndian(action[24..]));
        NameTable.Of("saflags").AddFlags(writer.Add(", sa_flags="u8), flags);
        if ((flags & Restorer) != 0)
            writer.Add(", sa_restorer="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(action[16..]));
        writer.Add((byte)'}');
        return true;
    }

    private static bool TryAddInfo(CallText call, ulong address)
    {
        Span<byte> info = stackalloc byte[128];
        if (!call.TryRead(address, info))
            return false;
        AddInfo(call.Writer, info);
        return true;
    }

    private static bool TryAddEvent(CallText call, ulong address)
    {
        const int None = 1, ThreadId = 4;
        Span<byte> data = stackalloc byte[64];
        if (!call.TryRead(address, data))
            return false;
        int signal = BinaryPrimitives.ReadInt32LittleEndian(data[8..]), notify = BinaryPrimitives.ReadInt32LittleEndian(data[12..]);
        StructKinds.Print(call.Writer.Add("{sigev_value="u8), "sigvalue", "", data);
        call.Writer.Add(", sigev_signo="u8);
        if (notify == None)
            call.Writer.Add(signal);
        else
            AddSignal(call.Writer, signal);
        NameTable.Of("sigevnotify").AddValue(call.Writer.Add(", sigev_notify="u8), (uint)notify);
        if (notify == ThreadId)
            call.Writer.Add(", sigev_notify_thread_id="u8).Add(BinaryPrimitives.ReadInt32LittleEndian(data[16..]));
        call.Writer.Add((byte)'}');
        return true;
    }

    // The mask lies in the frame that the handler was given. Linux: struct rt_sigframe, uc_sigmask.
    private static PrintState AddFrameMask(CallText call)
    {
        const ulong MaskInContext = 296;
        call.Writer.Add("{mask="u8);
        if (call.TryReadWord(call.StackPointer + MaskInContext, out ulong set))
            AddSet(call.Writer, set);
        call.Writer.Add((byte)'}');
        return PrintState.Done;
    }
}
