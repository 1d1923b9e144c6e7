using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Makes files on the host as the guest wants them.</summary>
internal static class HostCreate
{
    /// <summary>Makes a file of any type.</summary>
    /// <param name="directory">Descriptor of the directory.</param>
    /// <param name="name">Nothing has it.</param>
    /// <param name="made">What to make.</param>
    /// <returns>For a regular file a descriptor to read and write it; else 0; or a negative errno.</returns>
    public static int Make(int directory, ReadOnlySpan<byte> name, in NewInode made)
    {
        uint permissions = made.Mode & ModeBits.Permissions;
        const int Exclusive = HostOpenFlags.ReadWrite | HostOpenFlags.Create | HostOpenFlags.Exclusive | HostOpenFlags.NoFollow |
            HostOpenFlags.CloseOnExec;
        return (made.Mode & ModeBits.TypeMask) switch
        {
            ModeBits.Regular => HostFile.OpenAt(directory, name, Exclusive, permissions),
            ModeBits.Directory => Emu.Host.HostDirectory.MkDirAt(directory, name, permissions),
            ModeBits.Link => Emu.Host.HostDirectory.SymlinkAt(made.Target, directory, name),
            ModeBits.Fifo or ModeBits.Socket => Emu.Host.HostDirectory.MkNodAt(directory, name, made.Mode),
            _ => -Errno.EPERM, // a device of the guest's making would be one of the host's
        };
    }

    /// <summary>Gives a file that was made the guest's time, and the owner and the permissions that the host's own rules did not.</summary>
    public static int Finish(HostFileSystem fileSystem, int directory, ReadOnlySpan<byte> name, in NewInode made, out HostStatx stat)
    {
        const int Flags = HostAtFlags.SymlinkNoFollow;
        if (fileSystem.StampsTimes)
            _ = HostAttributes.UTimeNsAt(directory, name, fileSystem.HostNow, fileSystem.HostNow, Flags); // it is ours
        int error = HostStat.StatxAt(directory, name, Flags, out stat);
        if (error != 0 || IsAsWanted(fileSystem, stat, made))
            return error;
        error = HostAttributes.FChOwnAt(directory, name, made.Uid, made.Gid, Flags);
        if (error == 0 && (made.Mode & ModeBits.TypeMask) != ModeBits.Link)
            error = HostAttributes.FChModAt(directory, name, made.Mode & ModeBits.Permissions, Flags);
        return error != 0 ? error : HostStat.StatxAt(directory, name, Flags, out stat);
    }

    /// <summary>The same for a file that is known by a descriptor alone.</summary>
    public static int FinishDescriptor(HostFileSystem fileSystem, int fd, in NewInode made, out HostStatx stat)
    {
        if (fileSystem.StampsTimes)
            _ = HostAttributes.FUTimeNs(fd, fileSystem.HostNow, fileSystem.HostNow); // it is ours
        int error = HostStat.Statx(fd, out stat);
        if (error != 0 || IsAsWanted(fileSystem, stat, made))
            return error;
        error = HostAttributes.FChOwnAt(fd, default, made.Uid, made.Gid, HostAtFlags.EmptyPath);
        if (error == 0)
            error = HostAttributes.FChMod(fd, made.Mode & ModeBits.Permissions);
        return error != 0 ? error : HostStat.Statx(fd, out stat);
    }

    private static bool IsAsWanted(HostFileSystem fileSystem, in HostStatx stat, in NewInode made)
    {
        if (stat.Uid != made.Uid || stat.Gid != made.Gid)
            return false;
        return (made.Mode & ModeBits.TypeMask) == ModeBits.Link || (made.Mode & fileSystem.HostUmask) == 0 ||
            ((stat.Mode ^ made.Mode) & ModeBits.Permissions) == 0;
    }
}
