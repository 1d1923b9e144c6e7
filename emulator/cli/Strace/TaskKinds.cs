using System.Buffers.Binary;

namespace Emu.Cli;

/// <summary>Kinds about tasks: how they are made, how they end, what they may do, where they run.</summary>
internal static class TaskKinds
{
    private const ulong PidFd = 0x1000, SetTls = 0x80000, ParentSetTid = 0x100000, ChildClearTid = 0x200000, ChildSetTid = 0x1000000;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, ValueKind> values, Dictionary<string, PointedPrinter> pointed,
        Dictionary<string, SpecialPrinter> special)
    {
        values["personality"] = new(4, static (writer, value, _) => AddPersonality(writer, (uint)value));
        pointed["wstatus"] = static (call, in _, address) => TryAddStatus(call, address);
        pointed["utsname"] = static (call, in _, address) => TryAddUtsname(call, address);
        pointed["caphead"] = static (call, in _, address) => TryAddCapabilityHeader(call, address);
        pointed["capdata"] = static (call, in kind, address) => TryAddCapabilities(call, call.Args[kind.ParameterIndex], address);
        pointed["cpuset"] = static (call, in kind, address) => TryAddCpus(call, address, call.CountOf(kind));
        special["clone"] = static (call, in _, _) => AddClone(call);
        special["clone3"] = static (call, in _, _) => AddClone3(call);
    }

    private static void AddPersonality(ByteWriter writer, uint value)
    {
        const uint TypeMask = 0xFF;
        if (value == uint.MaxValue)
        {
            writer.Add("0xffffffff"u8);
            return;
        }
        NameTable.Of("pertype").AddValue(writer, value & TypeMask);
        if ((value & ~TypeMask) != 0)
            NameTable.Of("personality").AddFlags(writer.Add((byte)'|'), value & ~TypeMask);
    }

    // Source: wait(2).
    private static bool TryAddStatus(CallText call, ulong address)
    {
        if (!call.TryReadInt(address, out int status))
            return false;
        if (call.Result == 0)
        {
            call.Writer.AddPointer(address); // nothing was there to wait for
            return true;
        }
        ByteWriter writer = call.Writer.Add("[{"u8);
        int signal = status & 0x7F;
        if (status == 0xFFFF)
            writer.Add("WIFCONTINUED(s)"u8);
        else if (signal == 0)
            writer.Add("WIFEXITED(s) && WEXITSTATUS(s) == "u8).Add((status >> 8) & 0xFF);
        else if (signal == 0x7F)
            SignalKinds.AddSignal(writer.Add("WIFSTOPPED(s) && WSTOPSIG(s) == "u8), (status >> 8) & 0xFF);
        else
            SignalKinds.AddSignal(writer.Add("WIFSIGNALED(s) && WTERMSIG(s) == "u8), signal);
        if (signal is not 0 and not 0x7F && (status & 0x80) != 0)
            writer.Add(" && WCOREDUMP(s)"u8);
        writer.Add("}]"u8);
        return true;
    }

    private static bool TryAddUtsname(CallText call, ulong address)
    {
        const int FieldSize = 65;
        Span<byte> name = stackalloc byte[2 * FieldSize];
        if (!call.TryRead(address, name))
            return false;
        ReadOnlySpan<byte> system = name[..FieldSize], node = name[FieldSize..];
        call.Writer.Add("{sysname="u8).AddQuoted(system[..system.IndexOf((byte)0)]).Add(", nodename="u8)
            .AddQuoted(node[..node.IndexOf((byte)0)]).Add(", ...}"u8);
        return true;
    }

    private static bool TryAddCapabilityHeader(CallText call, ulong address)
    {
        if (!call.TryReadInt(address, out int version) || !call.TryReadInt(address + 4, out int pid))
            return false;
        NameTable.Of("capversion").AddValue(call.Writer.Add("{version="u8), (uint)version);
        call.Writer.Add(", pid="u8).Add(pid).Add((byte)'}');
        return true;
    }

    // The low words of the three sets stand together, the high words behind them.
    private static bool TryAddCapabilities(CallText call, ulong header, ulong address)
    {
        const int Version1 = 0x19980330;
        Span<byte> data = stackalloc byte[24];
        data.Clear();
        bool isShort = call.TryReadInt(header, out int version) && version == Version1;
        if (!call.TryRead(address, isShort ? data[..12] : data))
            return false;
        string[] names = ["{effective=", ", permitted=", ", inheritable="];
        for (int set = 0; set < names.Length; set++)
        {
            ulong low = BinaryPrimitives.ReadUInt32LittleEndian(data[(set * 4)..]);
            ulong high = BinaryPrimitives.ReadUInt32LittleEndian(data[(12 + (set * 4))..]);
            AddCapabilities(call.Writer.Add(names[set]), low | (high << 32));
        }
        call.Writer.Add((byte)'}');
        return true;
    }

    private static void AddCapabilities(ByteWriter writer, ulong set)
    {
        if (set == 0)
            writer.Add((byte)'0');
        bool any = false;
        for (int capability = 0; capability < 64; capability++)
        {
            if ((set & (1UL << capability)) == 0)
                continue;
            writer.Add(any ? "|1<<"u8 : "1<<"u8);
            NameTable.Of("cap").AddValue(writer, (uint)capability);
            any = true;
        }
    }

    private static bool TryAddCpus(CallText call, ulong address, ulong bytes)
    {
        const ulong LargestSet = 128;
        byte[] set = new byte[Math.Min(bytes, LargestSet)];
        if (!call.TryRead(address, set))
            return false;
        call.Writer.Add((byte)'[');
        bool any = false;
        for (int cpu = 0; cpu < set.Length * 8; cpu++)
        {
            if ((set[cpu / 8] & (1 << (cpu % 8))) == 0)
                continue;
            call.Writer.Add(any ? " "u8 : ""u8).Add(cpu);
            any = true;
        }
        call.Writer.Add((byte)']');
        return true;
    }

    // The order is strace's: where the child's stack is, how it is made, and what the flags make of the rest.
    private static PrintState AddClone(CallText call)
    {
        ulong flags = call.Args.A0;
        bool setsParent = (flags & (ParentSetTid | PidFd)) != 0;
        if (setsParent && !call.IsDone)
            return PrintState.Later;
        call.Writer.Add("child_stack="u8).AddPointer(call.Args.A1);
        AddCloneFlags(call.Writer.Add(", flags="u8), flags);
        if (setsParent)
            AddTaskId(call, call.Writer.Add((flags & PidFd) != 0 ? ", pidfd="u8 : ", parent_tid="u8), call.Args.A2);
        if ((flags & SetTls) != 0)
            call.Writer.Add(", tls="u8).AddPointer(call.Args.A4);
        if ((flags & (ChildSetTid | ChildClearTid)) != 0)
            call.Writer.Add(", child_tidptr="u8).AddPointer(call.Args.A3);
        return PrintState.Done;
    }

    private static void AddCloneFlags(ByteWriter writer, ulong flags)
    {
        const ulong SignalMask = 0xFF;
        if ((flags & ~SignalMask) != 0)
            NameTable.Of("clone").AddFlags(writer, flags & ~SignalMask);
        if ((flags & SignalMask) != 0)
            SignalKinds.AddSignal(writer.Add((flags & ~SignalMask) != 0 ? "|"u8 : ""u8), (int)(flags & SignalMask));
        else if (flags == 0)
            writer.Add((byte)'0');
    }

    private static void AddTaskId(CallText call, ByteWriter writer, ulong address)
    {
        if (call.HasFailed || !call.TryReadInt(address, out int id))
            writer.AddPointer(address);
        else
            writer.Add((byte)'[').Add(id).Add((byte)']');
    }

    private static PrintState AddClone3(CallText call)
    {
        const int SmallestSize = 64, LargestSize = 88;
        ulong address = call.Args.A0, size = call.Args.A1;
        byte[] args = new byte[LargestSize];
        if (address == 0 || size < SmallestSize || !call.TryRead(address, args.AsSpan(0, (int)Math.Min(size, LargestSize))))
        {
            call.Writer.AddPointer(address).Add(", "u8).Add(size);
            return PrintState.Done;
        }
        ulong flags = BinaryPrimitives.ReadUInt64LittleEndian(args);
        if ((flags & (ParentSetTid | PidFd)) != 0 && !call.IsDone)
            return PrintState.Later;
        AddClone3Fields(call.Writer, args, flags);
        if (!call.HasFailed && (flags & ParentSetTid) != 0)
            AddTaskId(call, call.Writer.Add(" => {parent_tid="u8), BinaryPrimitives.ReadUInt64LittleEndian(args.AsSpan(24)));
        else if (!call.HasFailed && (flags & PidFd) != 0)
            AddTaskId(call, call.Writer.Add(" => {pidfd="u8), BinaryPrimitives.ReadUInt64LittleEndian(args.AsSpan(8)));
        bool hasOutput = !call.HasFailed && (flags & (ParentSetTid | PidFd)) != 0;
        call.Writer.Add(hasOutput ? "}, "u8 : ", "u8).Add(size);
        return PrintState.Done;
    }

    private static void AddClone3Fields(ByteWriter writer, ReadOnlySpan<byte> args, ulong flags)
    {
        NameTable.Of("clone").AddFlags(writer.Add("{flags="u8), flags);
        if ((flags & PidFd) != 0)
            writer.Add(", pidfd="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(args[8..]));
        if ((flags & (ChildSetTid | ChildClearTid)) != 0)
            writer.Add(", child_tid="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(args[16..]));
        if ((flags & ParentSetTid) != 0)
            writer.Add(", parent_tid="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(args[24..]));
        SignalKinds.AddSignal(writer.Add(", exit_signal="u8), (int)BinaryPrimitives.ReadUInt64LittleEndian(args[32..]));
        writer.Add(", stack="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(args[40..])).Add(", stack_size="u8)
            .AddHexNumber(BinaryPrimitives.ReadUInt64LittleEndian(args[48..]));
        if ((flags & SetTls) != 0)
            writer.Add(", tls="u8).AddPointer(BinaryPrimitives.ReadUInt64LittleEndian(args[56..]));
        writer.Add((byte)'}');
    }
}
