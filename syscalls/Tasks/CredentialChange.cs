namespace Emu.Syscalls;

/// <summary>What a change of user does to capabilities. Linux: security/commoncap.c (<c>cap_emulate_setxuid</c>), capabilities(7).</summary>
internal static class CredentialChange
{
    /// <summary>Bits of <see cref="Credentials.SecureBits"/>. Linux: <c>SECBIT_*</c>.</summary>
    public const uint NoRoot = 1, NoSetUidFixup = 4, KeepCaps = 16, NoAmbientRaise = 64;

    // Those that are in force only with user 0 for access to files. Linux: CAP_FS_SET
    private const ulong FileCapabilities = (1UL << (int)Capability.Chown) | (1UL << (int)Capability.DacOverride) |
        (1UL << (int)Capability.DacReadSearch) | (1UL << (int)Capability.FileOwner) | (1UL << (int)Capability.FileSetId) |
        (1UL << (int)Capability.LinuxImmutable) | (1UL << (int)Capability.MakeNode) | (1UL << MacOverride);

    private const int MacOverride = 32;

    /// <summary>Makes changed users and groups those of a task.</summary>
    public static void Commit(Task task, Credentials changed)
    {
        Credentials old = task.Credentials;
        bool changesUser = old.Uid != changed.Uid || old.EffectiveUid != changed.EffectiveUid || old.SavedUid != changed.SavedUid;
        if (changesUser && (old.SecureBits & NoSetUidFixup) == 0)
            changed = FixCapabilities(old, changed);
        if (old.EffectiveUid != changed.EffectiveUid || old.EffectiveGid != changed.EffectiveGid || (old.FileUid, old.FileGid) != (changed.FileUid, changed.FileGid))
        {
            task.Group.IsDumpable = false;
            task.ParentDeathSignal = 0;
        }
        task.SetCredentials(changed);
    }

    /// <summary>The capabilities for files come and go with user 0. Linux: <c>LSM_SETID_FS</c> in <c>cap_task_fix_setuid</c>.</summary>
    public static Credentials FixFileCapabilities(Credentials old, Credentials changed)
    {
        if ((old.SecureBits & NoSetUidFixup) != 0)
            return changed;
        if (old.FileUid == 0 && changed.FileUid != 0)
            return changed with { Effective = changed.Effective & ~FileCapabilities };
        if (old.FileUid != 0 && changed.FileUid == 0)
            return changed with { Effective = changed.Effective | (changed.Permitted & FileCapabilities) };
        return changed;
    }

    private static Credentials FixCapabilities(Credentials old, Credentials changed)
    {
        bool hadRoot = old.Uid == 0 || old.EffectiveUid == 0 || old.SavedUid == 0;
        bool hasRoot = changed.Uid == 0 || changed.EffectiveUid == 0 || changed.SavedUid == 0;
        if (hadRoot && !hasRoot)
        {
            if ((old.SecureBits & KeepCaps) == 0)
                changed = changed with { Permitted = 0, Effective = 0 };
            changed = changed with { Ambient = 0 };
        }
        if (old.EffectiveUid == 0 && changed.EffectiveUid != 0)
            return changed with { Effective = 0 };
        if (old.EffectiveUid != 0 && changed.EffectiveUid == 0)
            return changed with { Effective = changed.Permitted };
        return changed;
    }
}
