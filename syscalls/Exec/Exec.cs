using Emu.Loader;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Runs another program in a task. Linux: fs/exec.c (<c>bprm_execve</c>), fs/binfmt_elf.c (<c>load_elf_binary</c>).</summary>
internal static class Exec
{
    private const int MaxScripts = 5;

    /// <summary>Opens a file to execute it. Linux: <c>do_open_execat</c>.</summary>
    /// <param name="task">Who.</param>
    /// <param name="directory">Descriptor that a relative path starts at, or AT_FDCWD.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW count.</param>
    /// <param name="file">The file, with a reference.</param>
    /// <returns>0 or a negative errno.</returns>
    public static int OpenExecutable(Task task, int directory, ReadOnlySpan<byte> path, int flags, out OpenFile? file)
    {
        file = null;
        OpenFlags open = OpenFlags.ReadOnly | OpenFlags.LargeFile | OpenFlags.Exec;
        int error;
        if (path.IsEmpty && (flags & AtFlags.EmptyPath) != 0)
        {
            error = Vfs.Lookup(task, directory, path, LookupFlags.Empty, out VfsPath place);
            if (error == 0)
                error = Vfs.OpenChecked(task, place, open, out file);
        }
        else
        {
            if ((flags & AtFlags.SymlinkNoFollow) != 0)
                open |= OpenFlags.NoFollow;
            error = task.Kernel.Vfs.Open(task, directory, path, open, 0, LookupFlags.None, out file);
        }
        if (error != 0 || file!.Inode.IsRegular)
            return error;
        file.Put();
        file = null;
        return -Errno.EACCES;
    }

    /// <summary>Finds out how a file is executed: through which scripts, which ELF program, which interpreter. Linux: <c>search_binary_handler</c>.</summary>
    /// <returns>0 or a negative errno; nothing of the task has changed.</returns>
    public static int Resolve(Task task, ProgramImage image)
    {
        Span<byte> head = stackalloc byte[Script.HeadSize];
        for (int depth = 0; ; depth++)
        {
            head.Clear();
            int got = new ProgramFile(task, image.File).Read(0, head);
            if (got < 0)
                return got;
            if (!head.StartsWith("#!"u8))
                return ResolveElf(task, image);
            if (!Script.TryParse(head, out byte[] interpreter, out byte[]? argument))
            {
                image.Reason = "its first line names no interpreter";
                return -Errno.ENOEXEC;
            }
            if (depth == MaxScripts)
                return -Errno.ELOOP;
            int error = Script.Apply(task, image, interpreter, argument);
            if (error != 0)
                return error;
        }
    }

    /// <summary>Goes over to the program. Linux: <c>begin_new_exec</c> and what follows.</summary>
    /// <param name="task">The task that runs, or one that is not started yet.</param>
    /// <param name="image">What <see cref="Resolve"/> has found good.</param>
    /// <returns>0 or a negative errno with nothing changed. What goes wrong behind the point of no return ends the process by SIGSEGV.</returns>
    public static int Run(Task task, ProgramImage image)
    {
        int error = InitialStack.CheckSize(image.Arguments, image.Environment, task.Group.Limits.Current(Resource.Stack));
        if (error != 0)
            return error;
        MemoryDescriptor? mm = MemoryDescriptor.TryCreate(task.Kernel.Memory, task.Group.Limits.Mm);
        if (mm == null)
            return -Errno.ENOMEM;
        error = TaskExec.EndOtherThreads(task);
        if (error != 0)
        {
            TaskExit.DropMm(mm);
            return error;
        }
        Become(task, image, mm);
        error = ExecLoad.Load(task, image);
        if (error != 0)
        {
            KernelLog.ExecFailed(task.Kernel.Log, Text(image.FileName), image.Reason.Length != 0 ? image.Reason : $"error {-error}");
            SignalSender.Force(task, SigInfo.ForKernel(Signal.SIGSEGV), evenHandled: true);
        }
        return 0;
    }

    /// <summary>A name for messages.</summary>
    public static string Text(ReadOnlySpan<byte> name) => System.Text.Encoding.UTF8.GetString(name);

    // The point of no return: the old program is gone.
    private static void Become(Task task, ProgramImage image, MemoryDescriptor mm)
    {
        mm.SetExeFile(image.File);
        mm.InheritSettings(task.Mm);
        TaskExec.Begin(task, mm, NameFor(image));
        task.UnshareFiles(files: true, fs: false);
        ExecCredentials.Apply(task, image.File);
        task.Files.CloseOnExec(task);
    }

    // Linux: __set_task_comm(kbasename(filename))
    private static byte[] NameFor(ProgramImage image)
    {
        ReadOnlySpan<byte> name = image.IsCalledAfterFile ? image.File.Path.Dentry.Name : image.FileName;
        name = name[(name.LastIndexOf((byte)'/') + 1)..];
        return name[..Math.Min(name.Length, Task.NameLength - 1)].ToArray();
    }

    private static int ResolveElf(Task task, ProgramImage image)
    {
        int error = ElfFile.TryRead(new ProgramFile(task, image.File), out ElfFile? elf, out string reason);
        image.Reason = reason;
        image.Elf = elf;
        if (error != 0 || elf!.Interpreter is not { } path)
            return error;
        error = OpenExecutable(task, AtFlags.CurrentDirectory, path, 0, out OpenFile? file);
        if (error != 0)
        {
            image.Reason = $"its interpreter {Text(path)} cannot be opened";
            return error;
        }
        image.LoaderFile = file;
        error = ElfFile.TryRead(new ProgramFile(task, file!), out ElfFile? loader, out reason);
        image.LoaderElf = loader;
        if (error == 0)
            return 0;
        image.Reason = $"its interpreter {Text(path)}: {reason}";
        return error == -Errno.ENOEXEC ? -Errno.ELIBBAD : error;
    }
}
