using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The parts of prctl that change capabilities. Linux: security/commoncap.c (<c>cap_task_prctl</c>).</summary>
internal static class PrctlCapabilities
{
    private const uint AllBits = 0xFF, AllLocks = 0xAA, KeepCapsLocked = 32;
    private const int AmbientIsSet = 1, AmbientRaise = 2, AmbientLower = 3, AmbientClearAll = 4;

    public static int SetKeepCaps(Task task, ulong value)
    {
        if (value > 1)
            return -Errno.EINVAL;
        Credentials own = task.Credentials;
        if ((own.SecureBits & KeepCapsLocked) != 0)
            return -Errno.EPERM;
        uint bits = value != 0 ? own.SecureBits | CredentialChange.KeepCaps : own.SecureBits & ~CredentialChange.KeepCaps;
        task.SetCredentials(own with { SecureBits = bits });
        return 0;
    }

    public static int DropBounding(Task task, ulong capability)
    {
        if (!task.Credentials.Can(Capability.SetPcap))
            return -Errno.EPERM;
        if (capability > (ulong)Capability.Last)
            return -Errno.EINVAL;
        task.SetCredentials(task.Credentials with { Bounding = task.Credentials.Bounding & ~(1UL << (int)capability) });
        return 0;
    }

    public static int SetSecureBits(Task task, ulong bits)
    {
        Credentials own = task.Credentials;
        uint locks = own.SecureBits & AllLocks;
        bool touchesLocked = ((locks >> 1) & (own.SecureBits ^ bits)) != 0;
        bool unlocks = (locks & ~bits) != 0;
        if (touchesLocked || unlocks || (bits & ~(ulong)AllBits) != 0 || !own.Can(Capability.SetPcap))
            return -Errno.EPERM;
        task.SetCredentials(own with { SecureBits = (uint)bits });
        return 0;
    }

    public static int ChangeAmbient(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        if (args.Int(1) == AmbientClearAll)
        {
            if (args.A2 != 0 || args.A3 != 0 || args.A4 != 0)
                return -Errno.EINVAL;
            task.SetCredentials(own with { Ambient = 0 });
            return 0;
        }
        if (args.A2 > (ulong)Capability.Last || args.A3 != 0 || args.A4 != 0)
            return -Errno.EINVAL;
        ulong bit = 1UL << (int)args.A2;
        switch (args.Int(1))
        {
            case AmbientIsSet:
                return (own.Ambient & bit) != 0 ? 1 : 0;
            case AmbientLower:
                task.SetCredentials(own with { Ambient = own.Ambient & ~bit });
                return 0;
            case AmbientRaise:
                bool allowed = (own.Permitted & own.Inheritable & bit) != 0 && (own.SecureBits & CredentialChange.NoAmbientRaise) == 0;
                if (!allowed)
                    return -Errno.EPERM;
                task.SetCredentials(own with { Ambient = own.Ambient | bit });
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }
}
