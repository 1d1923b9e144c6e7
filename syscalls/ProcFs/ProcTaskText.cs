using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The shorter files of /proc/PID. Linux: fs/proc/base.c.</summary>
internal static class ProcTaskText
{
    private const int MaxText = 1 << 22;

    private static readonly (string Name, string Unit)[] LimitNames =
    [
        ("Max cpu time", "seconds"), ("Max file size", "bytes"), ("Max data size", "bytes"), ("Max stack size", "bytes"),
        ("Max core file size", "bytes"), ("Max resident set", "bytes"), ("Max processes", "processes"), ("Max open files", "files"),
        ("Max locked memory", "bytes"), ("Max address space", "bytes"), ("Max file locks", "locks"), ("Max pending signals", "signals"),
        ("Max msgqueue size", "bytes"), ("Max nice priority", ""), ("Max realtime priority", ""), ("Max realtime timeout", "us"),
    ];

    /// <summary>cmdline: the arguments, as the process has changed them. Linux: <c>get_mm_cmdline</c>.</summary>
    public static void Cmdline(in PseudoContext context, ProcWriter writer)
    {
        if (context.Mm is not { } mm)
            return;
        MmLayout layout = mm.Layout;
        if (layout.ArgStart >= layout.ArgEnd)
            return;
        // A process that has written over its arguments up to the environment shows one string.
        if (!new UserAccess(mm).TryGet(layout.ArgEnd - 1, out byte last) || last == 0)
            AppendMemory(mm, layout.ArgStart, layout.ArgEnd, writer);
        else
            AppendString(mm, layout.ArgStart, Math.Max(layout.EnvEnd, layout.ArgEnd), writer);
    }

    /// <summary>environ. Linux: <c>environ_read</c>.</summary>
    public static void Environ(in PseudoContext context, ProcWriter writer)
    {
        if (context.Mm is { } mm && mm.Layout.EnvStart < mm.Layout.EnvEnd)
            AppendMemory(mm, mm.Layout.EnvStart, mm.Layout.EnvEnd, writer);
    }

    /// <summary>limits. Linux: <c>proc_pid_limits</c>.</summary>
    public static void Limits(in PseudoContext context, ProcWriter writer)
    {
        writer.Append("Limit                     Soft Limit           Hard Limit           Units     \n"u8);
        for (int i = 0; i < LimitNames.Length; i++)
        {
            ResourceLimit limit = context.Task.Group.Limits[(Resource)i];
            writer.Append(LimitNames[i].Name.PadRight(26)).Append(Text(limit.Current).PadRight(21)).Append(Text(limit.Maximum).PadRight(21));
            writer.Append(LimitNames[i].Unit.Length != 0 ? LimitNames[i].Unit.PadRight(10) : "").Append("\n"u8);
        }
    }

    /// <summary>comm, written. Linux: <c>comm_write</c>.</summary>
    public static int SetComm(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (context.Reader!.Group != context.Task.Group)
            return -Errno.EINVAL;
        text = text[..Math.Min(text.Length, Task.NameLength - 1)];
        int end = text.IndexOf((byte)0);
        text = end < 0 ? text : text[..end];
        context.Task.Name = text.TrimEnd((byte)'\n').ToArray();
        return 0;
    }

    /// <summary>io. Linux: <c>do_io_accounting</c>.</summary>
    public static void Io(in PseudoContext context, ProcWriter writer)
    {
        ref readonly FileTraffic traffic = ref context.Task.Group.Traffic;
        writer.Append("rchar: "u8).Decimal(traffic.BytesRead).Append("\nwchar: "u8).Decimal(traffic.BytesWritten);
        writer.Append("\nsyscr: "u8).Decimal(traffic.Reads).Append("\nsyscw: "u8).Decimal(traffic.Writes);
        writer.Append("\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n"u8);
    }

    /// <summary>syscall: what the task does in the kernel. Linux: <c>proc_pid_syscall</c>.</summary>
    public static void Syscall(in PseudoContext context, ProcWriter writer)
    {
        Task task = context.Task;
        if (task.State == TaskState.Running && context.Reader != task)
        {
            writer.Append("running\n"u8);
            return;
        }
        ref Cpu.CpuState state = ref task.Cpu.State;
        writer.Decimal((long)task.User.Context.SystemCall);
        ReadOnlySpan<int> arguments = [Registers.Rdi, Registers.Rsi, Registers.Rdx, Registers.R10, Registers.R8, Registers.R9, Registers.Rsp];
        foreach (int register in arguments)
            writer.Append(" 0x"u8).Hex(state.Gpr[register]);
        writer.Append(" 0x"u8).Hex(state.Rip).Append("\n"u8);
    }

    // Reads what is in memory; what is not, or what cannot be read, ends the text.
    private static void AppendMemory(MemoryDescriptor mm, ulong start, ulong end, ProcWriter writer)
    {
        byte[] text = new byte[Math.Min(end - start, MaxText)];
        int left = new UserAccess(mm).CopyFrom(start, text);
        writer.Append(text.AsSpan(0, text.Length - left));
    }

    private static void AppendString(MemoryDescriptor mm, ulong start, ulong end, ProcWriter writer)
    {
        byte[] text = new byte[Math.Min(end - start, MaxText)];
        int left = new UserAccess(mm).CopyFrom(start, text);
        ReadOnlySpan<byte> got = text.AsSpan(0, text.Length - left);
        int zero = got.IndexOf((byte)0);
        writer.Append(zero < 0 ? got : got[..(zero + 1)]);
    }

    private static string Text(ulong limit) =>
        limit == ResourceLimits.Infinity ? "unlimited" : limit.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
