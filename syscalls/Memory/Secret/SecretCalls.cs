using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>memfd_secret. Linux: mm/secretmem.c.</summary>
internal static class SecretCalls
{
    public static long MemfdSecret(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A0;
        if ((flags & ~(uint)OpenFlags.CloseOnExec) != 0)
            return -Errno.EINVAL;
        if (!task.Files.HasFree(task.OpenFilesLimit))
            return -Errno.EMFILE;
        return OpenCalls.Install(task, task.Kernel.Vfs.Secret.Create(task), closeOnExec: flags != 0);
    }
}
