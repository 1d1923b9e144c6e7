using Emu.Loader;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What is to be executed, as it is put together. Linux: <c>struct linux_binprm</c>.</summary>
internal sealed class ProgramImage : IDisposable
{
    /// <summary>The file that is executed, behind all scripts; a reference is held.</summary>
    public required OpenFile File { get; set; }

    /// <summary>The name by which it was called. Linux: <c>filename</c>.</summary>
    public required byte[] FileName { get; init; }

    /// <summary>The name of what interprets it, or its own. Linux: <c>interp</c>.</summary>
    public required byte[] InterpreterName { get; set; }

    /// <summary>argv.</summary>
    public required List<byte[]> Arguments { get; set; }

    /// <summary>envp.</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>Whether <see cref="FileName"/> leads nowhere once exec has closed descriptors. Linux: <c>BINPRM_FLAGS_PATH_INACCESSIBLE</c>.</summary>
    public bool IsNameLost { get; init; }

    /// <summary>Whether the task is called after the file that is executed, not after <see cref="FileName"/>. Linux: <c>comm_from_dentry</c>.</summary>
    public bool IsCalledAfterFile { get; init; }

    /// <summary>The program.</summary>
    public ElfFile? Elf { get; set; }

    /// <summary>The file of its PT_INTERP, or null; a reference is held.</summary>
    public OpenFile? LoaderFile { get; set; }

    /// <summary>The same, read.</summary>
    public ElfFile? LoaderElf { get; set; }

    /// <summary>What is wrong with the program, in words.</summary>
    public string Reason { get; set; } = "";

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Put();
        LoaderFile?.Put();
    }
}

/// <summary>An open file as the loader sees it.</summary>
internal sealed class ProgramFile(Task task, OpenFile file) : IExecutable
{
    /// <inheritdoc/>
    public VmFile File => file;

    /// <inheritdoc/>
    public ulong Size => file.Mapping?.Size ?? 0;

    /// <inheritdoc/>
    public int Read(ulong offset, Span<byte> buffer)
    {
        IovIter iter = new(buffer);
        Kiocb iocb = new(task, file, offset, IoFlags.Positioned);
        int done = 0;
        while (done < buffer.Length)
        {
            int result = (int)file.Read(ref iocb, ref iter);
            if (result < 0)
                return result;
            if (result == 0)
                break;
            done += result;
        }
        return done;
    }
}
