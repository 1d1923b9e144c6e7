namespace Emu.Syscalls;

/// <summary>What a program may that its caller might not. Linux: fs/exec.c (<c>bprm_fill_uid</c>), security/commoncap.c.</summary>
internal static class ExecCredentials
{
    private const uint NoRoot = 1;

    /// <summary>Gives the task the credentials with which a program runs. Linux: <c>cap_bprm_creds_from_file</c>.</summary>
    /// <param name="task">The task.</param>
    /// <param name="file">The program, behind all scripts.</param>
    public static void Apply(Task task, OpenFile file)
    {
        Credentials old = task.Credentials;
        Credentials next = WithFileIds(task, file, old);
        bool rootRules = (old.SecureBits & NoRoot) == 0;
        bool isRoot = rootRules && (next.EffectiveUid == 0 || next.Uid == 0);
        bool idsChange = next.EffectiveUid != old.Uid || next.EffectiveGid != old.Gid;
        ulong ambient = isRoot || idsChange ? 0 : old.Ambient;
        ulong permitted = isRoot ? old.Bounding | old.Inheritable : ambient;
        bool effective = rootRules && next.EffectiveUid == 0;
        next = next with
        {
            SavedUid = next.EffectiveUid,
            SavedGid = next.EffectiveGid,
            FileUid = next.EffectiveUid,
            FileGid = next.EffectiveGid,
            Permitted = permitted,
            Effective = effective ? permitted : ambient,
            Ambient = ambient,
        };
        task.IsSecureExec = idsChange || (next.Uid != 0 && (next.Effective & ~ambient) != 0);
        if (next != old)
            task.SetCredentials(next);
    }

    // Set-user-id and set-group-id.
    private static Credentials WithFileIds(Task task, OpenFile file, Credentials old)
    {
        bool ignored = task.NoNewPrivileges || (file.Path.Mount.Flags & MountFlags.NoSetUid) != 0;
        Inode inode = file.Inode;
        if (ignored || (inode.Mode & (ModeBits.SetUid | ModeBits.SetGid)) == 0)
            return old;
        const uint GroupExecutable = ModeBits.SetGid | ModeBits.GroupExec;
        return old with
        {
            EffectiveUid = (inode.Mode & ModeBits.SetUid) != 0 ? inode.Uid : old.EffectiveUid,
            EffectiveGid = (inode.Mode & GroupExecutable) == GroupExecutable ? inode.Gid : old.EffectiveGid,
        };
    }
}
