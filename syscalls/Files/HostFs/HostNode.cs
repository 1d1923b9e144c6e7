using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file of the host: what is known of it, and how it is reached.</summary>
/// <remarks>
/// It is reached by a descriptor, if one is open, else by the name that it was last found under; what is found there counts only if it is
/// still the same file.
/// </remarks>
internal sealed class HostNode
{
    private const int HandleFlags = HostOpenFlags.Path | HostOpenFlags.NoFollow | HostOpenFlags.CloseOnExec;

    private readonly HostFileSystem _fileSystem;
    private readonly Inode _inode;
    private HostDirectory? _parent;
    private byte[] _name = [];
    private HostStatx _stat;
    private long _token;

    /// <summary>A file that is not known yet.</summary>
    public HostNode(HostFileSystem fileSystem, Inode inode)
    {
        _fileSystem = fileSystem;
        _inode = inode;
    }

    /// <summary>What the host said last.</summary>
    public ref readonly HostStatx Stat => ref _stat;

    /// <summary>A descriptor that stays open, or -1.</summary>
    public int Anchor { get; set; } = -1;

    /// <summary>Another file has its number now.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The device that holds it.</summary>
    public DeviceNumber Device => new(_stat.DeviceMajor, _stat.DeviceMinor);

    /// <summary>Whether what is known counts without asking again.</summary>
    public bool IsFresh => _token == _fileSystem.Token;

    /// <summary>Whether the host speaks of this file.</summary>
    public bool IsSame(in HostStatx stat) =>
        stat.Ino == _stat.Ino && stat.Device == _stat.Device && ((stat.Mode ^ _stat.Mode) & ModeBits.TypeMask) == 0 &&
        stat.BirthTime.Seconds == _stat.BirthTime.Seconds && stat.BirthTime.Nanoseconds == _stat.BirthTime.Nanoseconds;

    /// <summary>Takes what the host says of it.</summary>
    public void Accept(in HostStatx stat)
    {
        _stat = stat;
        _token = _fileSystem.Token;
        (_inode as HostRegular)?.Changed();
    }

    /// <summary>What is known counts no more.</summary>
    public void Expire() => _token = 0;

    /// <summary>The guest has changed its contents: what is known counts no more, and the time of change is the guest's.</summary>
    public void Modified()
    {
        Expire();
        if (_fileSystem.StampsTimes && Reach(out int directory, out byte[] name, out int flags) == 0)
            _ = HostAttributes.UTimeNsAt(directory, name, HostFileTime.Omit, _fileSystem.HostNow, flags); // who may write but does not own it leaves the host's
    }

    /// <summary>It was found under a name.</summary>
    public void SetPlace(HostDirectory? parent, ReadOnlySpan<byte> name)
    {
        if (parent == null || (ReferenceEquals(parent, _parent) && name.SequenceEqual(_name)))
            return;
        _parent = parent;
        _name = name.ToArray();
    }

    /// <summary>The name that it was found under is gone.</summary>
    public void LosePlace(HostDirectory parent, ReadOnlySpan<byte> name)
    {
        if (!ReferenceEquals(parent, _parent) || !name.SequenceEqual(_name))
            return;
        _parent = null;
        _name = [];
    }

    /// <summary>Asks the host, unless what is known is fresh.</summary>
    /// <returns>0, or a negative errno; -ESTALE if the name means another file now.</returns>
    public int Refresh()
    {
        if (IsFresh)
            return 0;
        int error = Reach(out int directory, out byte[] name, out int flags);
        if (error != 0)
            return error;
        error = HostStat.StatxAt(directory, name, flags, out HostStatx stat);
        if (error != 0)
            return error;
        if (!IsSame(stat))
            return -Errno.ESTALE;
        Accept(stat);
        return 0;
    }

    /// <summary>What is known of it, after asking the host. A file that is gone has what was known last.</summary>
    public int GetAttributes(out FileStat stat)
    {
        int error = Refresh();
        stat = ToStat(_stat);
        if (error is 0 or -Errno.ENOENT or -Errno.ESTALE)
        {
            if (error != 0)
                stat.LinkCount = 0;
            return 0;
        }
        return error;
    }

    /// <summary>Changes everything but the size.</summary>
    public int SetAttributes(in AttributeChange change)
    {
        int error = Reach(out int directory, out byte[] name, out int flags);
        if (error != 0)
            return error;
        if (change.Has(AttributeMask.Uid | AttributeMask.Gid))
        {
            uint uid = change.Has(AttributeMask.Uid) ? change.Uid : uint.MaxValue, gid = change.Has(AttributeMask.Gid) ? change.Gid : uint.MaxValue;
            error = HostAttributes.FChOwnAt(directory, name, uid, gid, flags);
        }
        if (error == 0 && change.Has(AttributeMask.Mode))
            error = HostAttributes.FChModAt(directory, name, change.Mode & ModeBits.Permissions, flags);
        if (error == 0 && change.Has(AttributeMask.AccessTime | AttributeMask.ModifyTime))
        {
            HostFileTime access = ToHost(change, AttributeMask.AccessTime, AttributeMask.AccessTimeSet, change.AccessTime);
            HostFileTime modify = ToHost(change, AttributeMask.ModifyTime, AttributeMask.ModifyTimeSet, change.ModifyTime);
            error = SetTimes(directory, name, access, modify, flags);
        }
        Expire();
        return error;
    }

    /// <summary>What mode and owner allow, and what the host allows beyond (its access control lists).</summary>
    public int CheckAccess(Inode inode, Credentials who, Access wanted)
    {
        int error = Permissions.Generic(inode, who, wanted);
        if (error == 0 || who.FileUid != _fileSystem.HostUid || Reach(out int directory, out byte[] name, out int flags) != 0)
            return error;
        int mode = (int)(wanted & (Access.Read | Access.Write | Access.Exec));
        return HostAttributes.FAccessAt2(directory, name, mode, flags | HostAtFlags.EffectiveAccess);
    }

    /// <summary>Opens it on the host.</summary>
    /// <param name="flags">How; links are not followed.</param>
    /// <returns>A descriptor that is the caller's, or a negative errno.</returns>
    public int Open(int flags)
    {
        flags |= HostOpenFlags.CloseOnExec | HostOpenFlags.NoControllingTerminal;
        int descriptor = Descriptor;
        if (descriptor >= 0)
            return Reopen(descriptor, flags);
        if (_parent == null)
            return -Errno.ENOENT;
        int directory = _parent.Descriptor();
        if (directory < 0)
            return directory;
        int fd = HostFile.OpenAt(directory, _name, flags | HostOpenFlags.NoFollow);
        if (fd < 0)
            return fd;
        if (HostStat.Statx(fd, out HostStatx stat) == 0 && IsSame(stat))
        {
            Accept(stat);
            return fd;
        }
        _ = HostFile.Close(fd); // of another file
        return -Errno.ESTALE;
    }

    /// <summary>A descriptor that only names it.</summary>
    public int OpenHandle() => Open(HandleFlags);

    /// <summary>How calls named …at reach it.</summary>
    /// <param name="directory">Descriptor of its directory, or its own.</param>
    /// <param name="name">Its name there, or empty.</param>
    /// <param name="flags">AT_EMPTY_PATH or AT_SYMLINK_NOFOLLOW.</param>
    /// <returns>0 or a negative errno.</returns>
    public int Reach(out int directory, out byte[] name, out int flags)
    {
        name = [];
        flags = HostAtFlags.EmptyPath;
        directory = Descriptor;
        if (directory >= 0)
            return 0;
        if (_parent == null)
            return -Errno.ENOENT;
        name = _name;
        flags = HostAtFlags.SymlinkNoFollow;
        directory = _parent.Descriptor();
        return Math.Min(directory, 0);
    }

    /// <summary>Closes what is open.</summary>
    public void Close()
    {
        if (Anchor >= 0)
            _ = HostFile.Close(Anchor); // it only names
        Anchor = -1;
    }

    /// <summary>What the host says, in the kernel's form.</summary>
    public static FileStat ToStat(in HostStatx host) => new()
    {
        Mode = host.Mode,
        LinkCount = host.LinkCount,
        Uid = host.Uid,
        Gid = host.Gid,
        BlockSize = host.BlockSize,
        Number = host.Ino,
        Size = host.Size,
        Blocks = host.Blocks,
        Attributes = host.Attributes & ~(0x2000UL | 0x1000UL), // those of a mount are the mount's to say
        AttributesMask = host.AttributesMask,
        Device = new DeviceNumber(host.DeviceMajor, host.DeviceMinor),
        SpecialDevice = new DeviceNumber(host.RDeviceMajor, host.RDeviceMinor),
        AccessTime = ToTime(host.AccessTime),
        ModifyTime = ToTime(host.ModificationTime),
        ChangeTime = ToTime(host.ChangeTime),
        BirthTime = ToTime(host.BirthTime),
        HasBirthTime = (host.Mask & HostStatxMask.BirthTime) != 0,
    };

    private int Descriptor => Anchor >= 0 ? Anchor : _inode is HostRegular regular ? regular.AnyDescriptor : -1;

    // Opens what a descriptor names. The path is one of our own; no part of it is the guest's.
    private static int Reopen(int descriptor, int flags)
    {
        Span<byte> path = stackalloc byte[32];
        int length = HostFile.FormatProcPath(descriptor, path);
        return HostFile.OpenAt(HostAtFlags.CurrentDirectory, path[..length], flags & ~HostOpenFlags.NoFollow);
    }

    // "Now" is the guest's now, unless the host grants no other than its own: to one who may write the file but does not own it.
    private int SetTimes(int directory, byte[] name, HostFileTime access, HostFileTime modify, int flags)
    {
        if (_fileSystem.StampsTimes && (access == HostFileTime.Now || modify == HostFileTime.Now))
        {
            HostFileTime now = _fileSystem.HostNow;
            int error = HostAttributes.UTimeNsAt(directory, name, access == HostFileTime.Now ? now : access, modify == HostFileTime.Now ? now : modify, flags);
            if (error != -Errno.EPERM)
                return error;
        }
        return HostAttributes.UTimeNsAt(directory, name, access, modify, flags);
    }

    private static FileTime ToTime(HostTimestamp time) => new(time.Seconds, time.Nanoseconds);

    private static HostFileTime ToHost(in AttributeChange change, AttributeMask wanted, AttributeMask given, FileTime time)
    {
        if (!change.Has(wanted))
            return HostFileTime.Omit;
        return change.Has(given) ? new HostFileTime(time.Seconds, time.Nanoseconds) : HostFileTime.Now;
    }
}

/// <summary>An inode of the host's.</summary>
internal interface IHostInode
{
    /// <summary>The host's side of it.</summary>
    HostNode Node { get; }
}
