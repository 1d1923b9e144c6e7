using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What a file of /proc or /sys speaks of, and who asks.</summary>
/// <param name="Kernel">The machine.</param>
/// <param name="Reader">Who reads or writes the file; null while the file is only looked at.</param>
/// <param name="Subject">The task of /proc/PID; null for a file of the whole machine.</param>
/// <param name="Index">The number in the directory's name, as in node0 or cpu1.</param>
internal readonly record struct PseudoContext(Kernel Kernel, Task? Reader, Task? Subject, int Index = 0)
{
    /// <summary>The task of /proc/PID; only for files that have one.</summary>
    public Task Task => Subject!;

    /// <summary>The address space of the task; null if it has none any more. Linux: <c>proc_mem_open</c>.</summary>
    public MemoryDescriptor? Mm => Subject is { IsExiting: false, IsKernelThread: false } task ? task.Mm : null;
}

/// <summary>Writes the text of a file. Linux: <c>seq_operations.show</c>.</summary>
internal delegate void PseudoShow(in PseudoContext context, ProcWriter writer);

/// <summary>Takes what was written to a file. Linux: <c>proc_ops.proc_write</c>, <c>kobj_attribute.store</c>.</summary>
/// <returns>0 or a negative errno.</returns>
internal delegate int PseudoStore(in PseudoContext context, ReadOnlySpan<byte> text);

/// <summary>Where a link leads to, as text. Linux: <c>get_link</c>.</summary>
internal delegate byte[] PseudoTarget(in PseudoContext context);

/// <summary>Where a magic link leads to at once. Linux: <c>proc_get_link</c>.</summary>
/// <param name="context">Whose link.</param>
/// <param name="path">The place, without a reference.</param>
/// <returns>0 or a negative errno.</returns>
internal delegate int PseudoJump(in PseudoContext context, out VfsPath path);

/// <summary>Opens a file that is more than text. Linux: <c>proc_ops</c>.</summary>
internal delegate int PseudoOpen(in PseudoContext context, Inode inode, in OpenRequest request, out OpenFile? file);

/// <summary>Makes a directory whose names are not known beforehand.</summary>
internal delegate Inode PseudoMake(PseudoFileSystem fileSystem, in PseudoContext context);

/// <summary>One name in /proc or /sys: a row of a table. Linux: <c>struct pid_entry</c>, <c>struct proc_dir_entry</c>, <c>struct attribute</c>.</summary>
internal sealed record PseudoEntry
{
    private PseudoEntry(string name, uint mode)
    {
        Name = System.Text.Encoding.ASCII.GetBytes(name);
        Mode = mode;
    }

    /// <summary>The name.</summary>
    public byte[] Name { get; }

    /// <summary>Type and permissions.</summary>
    public uint Mode { get; }

    /// <summary>Writes its text.</summary>
    public PseudoShow? Show { get; private init; }

    /// <summary>Takes what is written to it.</summary>
    public PseudoStore? Store { get; private init; }

    /// <summary>Where it leads to, for a link.</summary>
    public PseudoTarget? Target { get; private init; }

    /// <summary>Where it leads to at once, for a magic link.</summary>
    public PseudoJump? Jump { get; private init; }

    /// <summary>What opens it, where it is more than text.</summary>
    public PseudoOpen? Open { get; private init; }

    /// <summary>What is in it, for a directory.</summary>
    public PseudoEntry[]? Children { get; private init; }

    /// <summary>Makes its inode, for a directory of another kind.</summary>
    public PseudoMake? Make { get; private init; }

    /// <summary>Whether only those may open it who may trace the task. Linux: <c>PTRACE_MODE_READ</c>.</summary>
    public bool NeedsTrace { get; init; }

    /// <summary>A file that is read.</summary>
    public static PseudoEntry File(string name, PseudoShow show, uint mode = 0x124) => new(name, ModeBits.Regular | mode) { Show = show };

    /// <summary>A file that is read and written.</summary>
    public static PseudoEntry File(string name, PseudoShow? show, PseudoStore store, uint mode = 0x1A4) =>
        new(name, ModeBits.Regular | mode) { Show = show, Store = store };

    /// <summary>A file with functions of its own.</summary>
    public static PseudoEntry Special(string name, PseudoOpen open, uint mode) => new(name, ModeBits.Regular | mode) { Open = open };

    /// <summary>A link.</summary>
    public static PseudoEntry Link(string name, PseudoTarget target) => new(name, ModeBits.Link | 0x1FF) { Target = target };

    /// <summary>A link that leads somewhere at once, whatever its text says.</summary>
    public static PseudoEntry Magic(string name, PseudoJump jump, uint mode = ModeBits.Link | 0x1FF) => new(name, mode) { Jump = jump, NeedsTrace = true };

    /// <summary>A directory with a table of its own.</summary>
    public static PseudoEntry Directory(string name, PseudoEntry[] children, uint mode = 0x16D) =>
        new(name, ModeBits.Directory | mode) { Children = children };

    /// <summary>A directory whose names are not known beforehand.</summary>
    public static PseudoEntry Directory(string name, PseudoMake make, uint mode = 0x16D) => new(name, ModeBits.Directory | mode) { Make = make };

    /// <summary>A number that can be read and set. Linux: <c>proc_doulongvec_minmax</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Sets it; null if it cannot be set.</param>
    /// <param name="minimum">Least value.</param>
    /// <param name="maximum">Greatest value.</param>
    public static PseudoEntry Number(string name, Func<Kernel, long> get, Action<Kernel, long>? set = null, long minimum = 0,
        long maximum = long.MaxValue)
    {
        void Show(in PseudoContext context, ProcWriter writer) => writer.Decimal(get(context.Kernel)).Append("\n"u8);
        int Store(in PseudoContext context, ReadOnlySpan<byte> text)
        {
            if (!PseudoText.TryParse(text, out long value) || value < minimum || value > maximum)
                return -Errno.EINVAL;
            set!(context.Kernel, value);
            return 0;
        }
        return set == null ? File(name, Show) : File(name, Show, Store);
    }
}

/// <summary>Reads what is written to files of /proc and /sys.</summary>
internal static class PseudoText
{
    /// <summary>A decimal number with blanks around it. Linux: <c>kstrtol</c>, <c>proc_get_long</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        text = Trim(text);
        return System.Buffers.Text.Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
    }

    /// <summary>A decimal number without a sign of its own, one line end behind it. Linux: <c>kstrtouint</c>, <c>kstrtoul</c> with base 10.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="maximum">Greatest number of the type.</param>
    /// <param name="value">The number.</param>
    /// <returns>0, -EINVAL, or -ERANGE beyond the maximum.</returns>
    public static int ParseUnsigned(ReadOnlySpan<byte> text, ulong maximum, out ulong value)
    {
        value = 0;
        text = WithoutLineEnd(text);
        if (text.StartsWith("+"u8))
            text = text[1..];
        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return -Errno.EINVAL;
        bool fits = System.Buffers.Text.Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && value <= maximum;
        return fits ? 0 : -Errno.ERANGE;
    }

    /// <summary>Yes or no. Linux: <c>kstrtobool</c>.</summary>
    public static bool TryParseBool(ReadOnlySpan<byte> text, out bool value)
    {
        value = false;
        if (text.IsEmpty)
            return false;
        byte first = (byte)(text[0] | 0x20), second = text.Length > 1 ? (byte)(text[1] | 0x20) : (byte)0;
        bool on = first is (byte)'e' or (byte)'y' or (byte)'t' || text[0] == (byte)'1' || (first == (byte)'o' && second == (byte)'n');
        bool off = first is (byte)'d' or (byte)'n' or (byte)'f' || text[0] == (byte)'0' || (first == (byte)'o' && second == (byte)'f');
        value = on;
        return on || off;
    }

    /// <summary>Without the line end. Linux: <c>sysfs_streq</c> compares so.</summary>
    public static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> text) => text.EndsWith("\n"u8) ? text[..^1] : text;

    /// <summary>Without blanks around it. Linux: <c>strstrip</c>.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.TrimEnd((byte)0).Trim(" \t\n"u8);
}
