using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What is known of a file that has no other place to keep it. Linux: the fields of <c>struct inode</c>.</summary>
internal sealed class MemoryAttributes
{
    /// <summary>Those of a file that is made now.</summary>
    public MemoryAttributes(in NewInode made, FileTime now)
    {
        Mode = made.Mode;
        Uid = made.Uid;
        Gid = made.Gid;
        Device = made.Device;
        LinkCount = (made.Mode & ModeBits.TypeMask) == ModeBits.Directory ? 2u : 1u;
        AccessTime = ModifyTime = ChangeTime = BirthTime = now;
    }

    /// <summary>Those of a file that exists elsewhere.</summary>
    public MemoryAttributes(in FileStat stat)
    {
        Mode = stat.Mode;
        Uid = stat.Uid;
        Gid = stat.Gid;
        Device = stat.SpecialDevice;
        LinkCount = stat.LinkCount;
        AccessTime = stat.AccessTime;
        ModifyTime = stat.ModifyTime;
        ChangeTime = stat.ChangeTime;
        BirthTime = stat.BirthTime;
    }

    /// <summary>Type and permissions.</summary>
    public uint Mode { get; set; }

    /// <summary>Owner.</summary>
    public uint Uid { get; set; }

    /// <summary>Group.</summary>
    public uint Gid { get; set; }

    /// <summary>Names that lead to it. Linux: <c>i_nlink</c>.</summary>
    public uint LinkCount { get; set; }

    /// <summary>For a device, its number.</summary>
    public DeviceNumber Device { get; }

    /// <summary>Last access.</summary>
    public FileTime AccessTime { get; set; }

    /// <summary>Last change of the contents.</summary>
    public FileTime ModifyTime { get; set; }

    /// <summary>Last change of any of this.</summary>
    public FileTime ChangeTime { get; set; }

    /// <summary>When it was made.</summary>
    public FileTime BirthTime { get; }

    /// <summary>Extended attributes, or null. Linux: <c>struct simple_xattrs</c>.</summary>
    public MemoryXattrs? Xattrs { get; set; }

    /// <summary>Fills in what is kept here.</summary>
    public void Fill(ref FileStat stat)
    {
        stat.Mode = Mode;
        stat.Uid = Uid;
        stat.Gid = Gid;
        stat.LinkCount = LinkCount;
        stat.SpecialDevice = Device;
        stat.AccessTime = AccessTime;
        stat.ModifyTime = ModifyTime;
        stat.ChangeTime = ChangeTime;
        stat.BirthTime = BirthTime;
        stat.HasBirthTime = true;
        stat.BlockSize = (uint)MmConstants.PageSize;
    }

    /// <summary>Changes everything but the size. Linux: <c>setattr_copy</c>.</summary>
    public void Apply(in AttributeChange change, FileTime now)
    {
        if (change.Has(AttributeMask.Uid))
            Uid = change.Uid;
        if (change.Has(AttributeMask.Gid))
            Gid = change.Gid;
        if (change.Has(AttributeMask.KillPrivileges))
            Mode = Permissions.WithoutPrivileges(Mode);
        if (change.Has(AttributeMask.Mode))
            Mode = (Mode & ModeBits.TypeMask) | (change.Mode & ModeBits.Permissions);
        if (change.Has(AttributeMask.AccessTime))
            AccessTime = change.Has(AttributeMask.AccessTimeSet) ? change.AccessTime : now;
        if (change.Has(AttributeMask.ModifyTime))
            ModifyTime = change.Has(AttributeMask.ModifyTimeSet) ? change.ModifyTime : now;
        ChangeTime = now;
    }

    /// <summary>The contents have changed. Linux: <c>file_update_time</c>.</summary>
    public void Modified(FileTime now) => ModifyTime = ChangeTime = now;

    /// <summary>The file was read: noted if it was not since the last change, or for a day. Linux: <c>relatime_need_update</c>.</summary>
    public void Accessed(FileTime now)
    {
        const long Day = 24 * 60 * 60;
        if (!ModifyTime.IsBefore(AccessTime) || !ChangeTime.IsBefore(AccessTime) || now.Seconds - AccessTime.Seconds >= Day)
            AccessTime = now;
    }
}
