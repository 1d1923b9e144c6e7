using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>capget and capset. Linux: kernel/capability.c.</summary>
internal static class CapabilityCalls
{
    private const uint Version1 = 0x19980330, Version2 = 0x20071026, Version3 = 0x20080522;

    // Linux: struct __user_cap_data_struct
    [StructLayout(LayoutKind.Sequential)]
    private record struct Sets(uint Effective, uint Permitted, uint Inheritable);

    public static long CapGet(Task task, in SyscallArguments args)
    {
        int error = CheckVersion(task, args.A0, out int words);
        if (error != 0)
            return args.A1 == 0 && error == -Errno.EINVAL ? 0 : error; // it only asked for the version
        if (args.A1 == 0)
            return -Errno.EFAULT;
        if (!task.User.TryGet(args.A0 + 4, out int pid))
            return -Errno.EFAULT;
        if (pid < 0)
            return -Errno.EINVAL;
        Task? target = pid == 0 ? task : task.Kernel.Pids.FindTask(pid);
        if (target == null)
            return -Errno.ESRCH;
        Credentials theirs = target.Credentials;
        Span<Sets> sets =
        [
            new((uint)theirs.Effective, (uint)theirs.Permitted, (uint)theirs.Inheritable),
            new((uint)(theirs.Effective >> 32), (uint)(theirs.Permitted >> 32), (uint)(theirs.Inheritable >> 32)),
        ];
        return task.User.CopyTo(args.A1, MemoryMarshal.AsBytes(sets[..words])) == 0 ? 0 : -Errno.EFAULT;
    }

    public static long CapSet(Task task, in SyscallArguments args)
    {
        int error = CheckVersion(task, args.A0, out int words);
        if (error != 0)
            return error;
        if (!task.User.TryGet(args.A0 + 4, out int pid))
            return -Errno.EFAULT;
        if (pid != 0 && pid != task.ThreadId)
            return -Errno.EPERM;
        Span<Sets> sets = stackalloc Sets[2];
        sets.Clear();
        if (task.User.CopyFrom(args.A1, MemoryMarshal.AsBytes(sets[..words])) != 0)
            return -Errno.EFAULT;
        ulong effective = Join(sets[0].Effective, sets[1].Effective), permitted = Join(sets[0].Permitted, sets[1].Permitted);
        return Set(task, effective, permitted, Join(sets[0].Inheritable, sets[1].Inheritable));
    }

    // Linux: cap_capset
    private static int Set(Task task, ulong effective, ulong permitted, ulong inheritable)
    {
        Credentials own = task.Credentials;
        if (!own.Can(Capability.SetPcap) && (inheritable & ~(own.Inheritable | own.Permitted)) != 0)
            return -Errno.EPERM;
        if ((inheritable & ~(own.Inheritable | own.Bounding)) != 0 || (permitted & ~own.Permitted) != 0 || (effective & ~permitted) != 0)
            return -Errno.EPERM;
        task.SetCredentials(own with
        {
            Effective = effective,
            Permitted = permitted,
            Inheritable = inheritable,
            Ambient = own.Ambient & permitted & inheritable,
        });
        return 0;
    }

    private static ulong Join(uint low, uint high) => (low | ((ulong)high << 32)) & Credentials.AllCapabilities;

    // Linux: cap_validate_magic
    private static int CheckVersion(Task task, ulong header, out int words)
    {
        words = 2;
        if (!task.User.TryGet(header, out uint version))
            return -Errno.EFAULT;
        if (version == Version1)
            words = 1;
        if (version is Version1 or Version2 or Version3)
            return 0;
        return task.User.TryPut(header, Version3) ? -Errno.EINVAL : -Errno.EFAULT;
    }
}
