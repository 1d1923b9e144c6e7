using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The calls that tell and change users and groups. Linux: kernel/sys.c, kernel/groups.c, credentials(7).</summary>
internal static class CredentialCalls
{
    private const uint Keep = uint.MaxValue;
    private const int MostGroups = 65536;

    public static long GetUid(Task task, in SyscallArguments args) => task.Credentials.Uid;

    public static long GetEuid(Task task, in SyscallArguments args) => task.Credentials.EffectiveUid;

    public static long GetGid(Task task, in SyscallArguments args) => task.Credentials.Gid;

    public static long GetEgid(Task task, in SyscallArguments args) => task.Credentials.EffectiveGid;

    public static long GetResUid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        return PutThree(task, args, own.Uid, own.EffectiveUid, own.SavedUid);
    }

    public static long GetResGid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        return PutThree(task, args, own.Gid, own.EffectiveGid, own.SavedGid);
    }

    public static long SetUid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        uint uid = (uint)args.A0;
        if (uid == Keep)
            return -Errno.EINVAL;
        if (own.Can(Capability.SetUid))
            return Commit(task, own with { Uid = uid, EffectiveUid = uid, SavedUid = uid, FileUid = uid });
        return uid == own.Uid || uid == own.SavedUid ? Commit(task, own with { EffectiveUid = uid, FileUid = uid }) : -Errno.EPERM;
    }

    public static long SetGid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        uint gid = (uint)args.A0;
        if (gid == Keep)
            return -Errno.EINVAL;
        if (own.Can(Capability.SetGid))
            return Commit(task, own with { Gid = gid, EffectiveGid = gid, SavedGid = gid, FileGid = gid });
        return gid == own.Gid || gid == own.SavedGid ? Commit(task, own with { EffectiveGid = gid, FileGid = gid }) : -Errno.EPERM;
    }

    public static long SetReUid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        uint real = (uint)args.A0, effective = (uint)args.A1;
        bool isFree = own.Can(Capability.SetUid);
        bool allowsReal = real == Keep || real == own.Uid || real == own.EffectiveUid || isFree;
        bool allowsEffective = effective == Keep || effective == own.Uid || effective == own.EffectiveUid || effective == own.SavedUid || isFree;
        if (!allowsReal || !allowsEffective)
            return -Errno.EPERM;
        uint newEffective = effective == Keep ? own.EffectiveUid : effective;
        bool saves = real != Keep || (effective != Keep && effective != own.Uid);
        return Commit(task, own with
        {
            Uid = real == Keep ? own.Uid : real,
            EffectiveUid = newEffective,
            SavedUid = saves ? newEffective : own.SavedUid,
            FileUid = newEffective,
        });
    }

    public static long SetReGid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        uint real = (uint)args.A0, effective = (uint)args.A1;
        bool isFree = own.Can(Capability.SetGid);
        bool allowsReal = real == Keep || real == own.Gid || real == own.EffectiveGid || isFree;
        bool allowsEffective = effective == Keep || effective == own.Gid || effective == own.EffectiveGid || effective == own.SavedGid || isFree;
        if (!allowsReal || !allowsEffective)
            return -Errno.EPERM;
        uint newEffective = effective == Keep ? own.EffectiveGid : effective;
        bool saves = real != Keep || (effective != Keep && effective != own.Gid);
        return Commit(task, own with
        {
            Gid = real == Keep ? own.Gid : real,
            EffectiveGid = newEffective,
            SavedGid = saves ? newEffective : own.SavedGid,
            FileGid = newEffective,
        });
    }

    public static long SetResUid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        foreach (uint id in (ReadOnlySpan<uint>)[(uint)args.A0, (uint)args.A1, (uint)args.A2])
        {
            if (id != Keep && id != own.Uid && id != own.EffectiveUid && id != own.SavedUid && !own.Can(Capability.SetUid))
                return -Errno.EPERM;
        }
        uint effective = Or((uint)args.A1, own.EffectiveUid);
        return Commit(task, own with
        {
            Uid = Or((uint)args.A0, own.Uid),
            EffectiveUid = effective,
            SavedUid = Or((uint)args.A2, own.SavedUid),
            FileUid = effective,
        });
    }

    public static long SetResGid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        foreach (uint id in (ReadOnlySpan<uint>)[(uint)args.A0, (uint)args.A1, (uint)args.A2])
        {
            if (id != Keep && id != own.Gid && id != own.EffectiveGid && id != own.SavedGid && !own.Can(Capability.SetGid))
                return -Errno.EPERM;
        }
        uint effective = Or((uint)args.A1, own.EffectiveGid);
        return Commit(task, own with
        {
            Gid = Or((uint)args.A0, own.Gid),
            EffectiveGid = effective,
            SavedGid = Or((uint)args.A2, own.SavedGid),
            FileGid = effective,
        });
    }

    public static long SetFsUid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        uint uid = (uint)args.A0;
        bool allowed = uid == own.Uid || uid == own.EffectiveUid || uid == own.SavedUid || uid == own.FileUid || own.Can(Capability.SetUid);
        if (uid != Keep && allowed)
            task.SetCredentials(CredentialChange.FixFileCapabilities(own, own with { FileUid = uid }));
        return own.FileUid;
    }

    public static long SetFsGid(Task task, in SyscallArguments args)
    {
        Credentials own = task.Credentials;
        uint gid = (uint)args.A0;
        bool allowed = gid == own.Gid || gid == own.EffectiveGid || gid == own.SavedGid || gid == own.FileGid || own.Can(Capability.SetGid);
        if (gid != Keep && allowed)
            task.SetCredentials(own with { FileGid = gid });
        return own.FileGid;
    }

    public static long GetGroups(Task task, in SyscallArguments args)
    {
        uint[] groups = task.Credentials.Groups;
        int room = args.Int(0);
        if (room < 0)
            return -Errno.EINVAL;
        if (room == 0)
            return groups.Length;
        if (groups.Length > room)
            return -Errno.EINVAL;
        return task.User.CopyTo(args.A1, MemoryMarshal.AsBytes(groups.AsSpan())) == 0 ? groups.Length : -Errno.EFAULT;
    }

    public static long SetGroups(Task task, in SyscallArguments args)
    {
        if (!task.Credentials.Can(Capability.SetGid))
            return -Errno.EPERM;
        if ((uint)args.A0 > MostGroups)
            return -Errno.EINVAL;
        uint[] groups = new uint[(uint)args.A0];
        if (task.User.CopyFrom(args.A1, MemoryMarshal.AsBytes(groups.AsSpan())) != 0)
            return -Errno.EFAULT;
        if (Array.IndexOf(groups, Keep) >= 0)
            return -Errno.EINVAL;
        Array.Sort(groups);
        task.SetCredentials(task.Credentials with { Groups = groups });
        return 0;
    }

    private static uint Or(uint wanted, uint present) => wanted == Keep ? present : wanted;

    private static int Commit(Task task, Credentials changed)
    {
        CredentialChange.Commit(task, changed);
        return 0;
    }

    private static int PutThree(Task task, in SyscallArguments args, uint first, uint second, uint third) =>
        task.User.TryPut(args.A0, first) && task.User.TryPut(args.A1, second) && task.User.TryPut(args.A2, third) ? 0 : -Errno.EFAULT;
}
