using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>execve and execveat: they decode their arguments. Linux: fs/exec.c (<c>do_execveat_common</c>).</summary>
internal static class ExecCalls
{
    private const int MaxString = 131072;
    private const ulong MostBytes = 6UL << 20; // no limit of the stack allows more

    public static long ExecVe(Task task, in SyscallArguments args) => DoExec(task, AtFlags.CurrentDirectory, args.A0, args.A1, args.A2, 0);

    public static long ExecVeAt(Task task, in SyscallArguments args)
    {
        int flags = args.Int(4);
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        return DoExec(task, args.Int(0), args.A1, args.A2, args.A3, flags);
    }

    private static long DoExec(Task task, int directory, ulong path, ulong argv, ulong envp, int flags)
    {
        int error = task.GetName(path, out ReadOnlySpan<byte> name, (flags & AtFlags.EmptyPath) != 0);
        if (error != 0)
            return error;
        if (IsOverProcessLimit(task))
            return -Errno.EAGAIN;
        error = Exec.OpenExecutable(task, directory, name, flags, out OpenFile? file);
        if (error != 0)
            return error;
        byte[] fileName = NameOf(directory, name);
        bool isLost = directory >= 0 && (name.IsEmpty || name[0] != (byte)'/') && task.Files.IsCloseOnExec(directory);
        using ProgramImage image = new()
        {
            File = file!,
            FileName = fileName,
            InterpreterName = fileName,
            Arguments = [],
            Environment = new List<byte[]>(),
            IsNameLost = isLost,
            IsCalledAfterFile = name.IsEmpty,
        };
        error = GetStrings(task, argv, image.Arguments);
        if (error == 0)
            error = GetStrings(task, envp, (List<byte[]>)image.Environment);
        if (error != 0)
            return error;
        if (image.Arguments.Count == 0)
            image.Arguments.Add([]); // a program always has a name
        error = Exec.Resolve(task, image);
        return error != 0 ? error : Exec.Run(task, image);
    }

    // Linux: alloc_bprm
    private static byte[] NameOf(int directory, ReadOnlySpan<byte> name)
    {
        if (directory == AtFlags.CurrentDirectory || (!name.IsEmpty && name[0] == (byte)'/'))
            return name.ToArray();
        byte[] prefix = System.Text.Encoding.ASCII.GetBytes($"/dev/fd/{directory}");
        return name.IsEmpty ? prefix : [.. prefix, (byte)'/', .. name];
    }

    private static bool IsOverProcessLimit(Task task)
    {
        Credentials who = task.Credentials;
        return who.Uid != 0 && !who.Can(Capability.SysResource) && !who.Can(Capability.SysAdmin) &&
            (ulong)task.Account.Tasks > task.Group.Limits.Current(Resource.Processes);
    }

    // Linux: count, copy_strings
    private static int GetStrings(Task task, ulong array, List<byte[]> strings)
    {
        if (array == 0)
            return 0;
        byte[] buffer = new byte[MaxString];
        ulong total = 0;
        for (ulong at = array; ; at += 8)
        {
            if (!task.User.TryGet(at, out ulong address))
                return -Errno.EFAULT;
            if (address == 0)
                return 0;
            int length = task.User.CopyStringFrom(address, buffer);
            if (length < 0)
                return length;
            total += (ulong)length + 9;
            if (length == MaxString || total > MostBytes)
                return -Errno.E2BIG;
            strings.Add(buffer.AsSpan(0, length).ToArray());
        }
    }
}
