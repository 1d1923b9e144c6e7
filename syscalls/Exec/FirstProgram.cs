using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Brings the first program of a machine to where it can run. Linux: init/main.c (<c>run_init_process</c>).</summary>
internal static class FirstProgram
{
    private const int MaxGroups = 65536;

    /// <summary>Makes the first task and the tree that it sees.</summary>
    public static int PrepareFiles(Kernel kernel, GuestFiles options, out string reason)
    {
        reason = "";
        MemoryDescriptor? mm = MemoryDescriptor.TryCreate(kernel.Memory, new MmLimits());
        if (mm == null)
        {
            reason = "the machine has too little memory";
            return -Errno.ENOMEM;
        }
        Task task = kernel.CreateTask(mm, OwnCredentials(), "emu"u8.ToArray())!; // the first number is always free
        kernel.UnstartedTask = task;
        return GuestTree.Build(task, options, out reason);
    }

    /// <summary>Loads a program into the first task.</summary>
    public static int Start(Kernel kernel, byte[] path, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, out Task? task,
        out string reason)
    {
        task = null;
        Task first = kernel.UnstartedTask ?? throw new InvalidOperationException("files must be prepared before a program is started, and one program is started only");
        first.Memory.Mm = first.Mm;
        TaskMemory.Running = first.Memory; // its control group pays for what it loads
        int error = Load(first, path, arguments, environment, out reason);
        TaskMemory.Running = null;
        if (error != 0)
            return error;
        kernel.UnstartedTask = null;
        kernel.StartTask(first);
        task = first;
        return 0;
    }

    private static int Load(Task first, byte[] path, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, out string reason)
    {
        reason = "";
        int error = Exec.OpenExecutable(first, AtFlags.CurrentDirectory, path, 0, out OpenFile? file);
        if (error != 0)
        {
            reason = error == -Errno.EACCES ? WhyDenied(first, path) : "";
            return error;
        }
        using ProgramImage image = new()
        {
            File = file!,
            FileName = path,
            InterpreterName = path,
            Arguments = [.. arguments],
            Environment = environment,
        };
        error = Exec.Resolve(first, image);
        if (error == 0)
            error = Exec.Run(first, image);
        reason = image.Reason;
        return error;
    }

    private static string WhyDenied(Task task, byte[] path)
    {
        if (Vfs.Lookup(task, AtFlags.CurrentDirectory, path, LookupFlags.Follow, out VfsPath found) != 0)
            return "";
        return found.Inode.IsDirectory ? "it is a directory" : found.Inode.IsRegular ? "" : "it is no regular file";
    }

    // The guest acts on behalf of whoever has started the machine.
    private static Credentials OwnCredentials()
    {
        _ = HostProcess.GetUserIds(out _, out uint uid, out _); // they cannot fail on a process of one's own
        _ = HostProcess.GetGroupIds(out _, out uint gid, out _);
        uint[] groups = new uint[MaxGroups];
        int count = HostProcess.GetGroups(groups);
        return Credentials.ForUser(uid, gid, groups[..Math.Max(count, 0)]);
    }
}
