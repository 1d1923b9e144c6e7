using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Descriptors. Linux: fs/file.c, fs/pipe.c.</summary>
internal static class DescriptorCalls
{
    public static long Dup(Task task, in SyscallArguments args)
    {
        if (task.Files.Peek(args.Int(0)) is not { } file)
            return -Errno.EBADF;
        file.Get();
        return OpenCalls.Install(task, file, closeOnExec: false);
    }

    public static long Dup2(Task task, in SyscallArguments args)
    {
        int from = args.Int(0), to = args.Int(1);
        if (from == to)
            return task.Files.Peek(from) != null ? to : -Errno.EBADF;
        return Replace(task, from, to, closeOnExec: false);
    }

    public static long Dup3(Task task, in SyscallArguments args)
    {
        int from = args.Int(0), to = args.Int(1);
        OpenFlags flags = (OpenFlags)args.Int(2);
        if ((flags & ~OpenFlags.CloseOnExec) != 0 || from == to)
            return -Errno.EINVAL;
        return Replace(task, from, to, (flags & OpenFlags.CloseOnExec) != 0);
    }

    public static long Pipe(Task task, in SyscallArguments args) => DoPipe(task, args.A0, OpenFlags.ReadOnly);

    public static long Pipe2(Task task, in SyscallArguments args) => DoPipe(task, args.A0, (OpenFlags)args.Int(1));

    // Linux: ksys_dup3
    private static long Replace(Task task, int from, int to, bool closeOnExec)
    {
        if ((uint)to >= task.OpenFilesLimit)
            return -Errno.EBADF;
        if (task.Files.Peek(from) is not { } file)
            return -Errno.EBADF;
        OpenFile? old = task.Files.Replace(to, file, closeOnExec);
        if (old != null)
            _ = task.Files.CloseFile(task, old); // as in the kernel, nobody hears of its errors
        return to;
    }

    // Linux: do_pipe2
    private static long DoPipe(Task task, ulong address, OpenFlags flags)
    {
        const OpenFlags Known = OpenFlags.CloseOnExec | OpenFlags.NonBlock | OpenFlags.Direct;
        if ((flags & ~Known) != 0)
            return -Errno.EINVAL;
        bool closeOnExec = (flags & OpenFlags.CloseOnExec) != 0;
        task.Kernel.Vfs.Pipes.Create(task, flags, out OpenFile reader, out OpenFile writer);
        int first = OpenCalls.Install(task, reader, closeOnExec);
        if (first < 0)
        {
            writer.Put();
            return first;
        }
        int second = OpenCalls.Install(task, writer, closeOnExec);
        if (second < 0)
        {
            _ = task.Files.Close(task, first); // a new pipe has no late errors
            return second;
        }
        if (task.User.TryPut(address, (ulong)(uint)first | ((ulong)(uint)second << 32)))
            return 0;
        _ = task.Files.Close(task, first); // as above
        _ = task.Files.Close(task, second);
        return -Errno.EFAULT;
    }
}
