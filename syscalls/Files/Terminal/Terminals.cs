using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Opens terminals. Linux: drivers/tty/tty_io.c (<c>tty_open</c>).</summary>
internal static class Terminals
{
    /// <summary>Opens /dev/tty: the terminal that controls the session.</summary>
    /// <returns>0, or -ENXIO if none does.</returns>
    public static int OpenControlling(Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        Tty? tty = request.Task.Kernel.Vfs.TerminalOf(request.Task.Group);
        if (tty?.Pair is { } pair)
            return PtyTerminalFile.Open(inode, pair, request, out file);
        if (tty == null)
            return -Errno.ENXIO;
        int flags = (int)(request.Flags & (OpenFlags.AccessMode | OpenFlags.NonBlock)) | HostOpenFlags.CloseOnExec | HostOpenFlags.NoControllingTerminal;
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, "/dev/tty"u8, flags);
        if (fd < 0)
            return fd == -Errno.ENOENT ? -Errno.ENXIO : fd;
        file = new HostStreamFile(inode, fd, request.Flags, ownsDescriptor: true);
        return 0;
    }

    /// <summary>Opens anew a terminal that we were started with.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int OpenHost(Inode inode, int descriptor, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        Span<byte> path = stackalloc byte[32];
        int length = HostFile.FormatProcPath(descriptor, path);
        int flags = (int)(request.Flags & (OpenFlags.AccessMode | OpenFlags.NonBlock)) | HostOpenFlags.CloseOnExec | HostOpenFlags.NoControllingTerminal;
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, path[..length], flags);
        if (fd < 0)
            return fd;
        file = new HostStreamFile(inode, fd, request.Flags, ownsDescriptor: true);
        request.Task.Kernel.Vfs.HostTty.Opened(request.Task, request.Flags);
        return 0;
    }

    /// <summary>
    /// Gives names in /dev/pts to the terminals that we were started with, and makes the one that controls us control the first session.
    /// </summary>
    /// <param name="task">The first task, with its files.</param>
    /// <param name="root">Where /dev/pts is mounted.</param>
    public static void Adopt(Task task, VfsPath root)
    {
        Vfs vfs = task.Kernel.Vfs;
        Dictionary<DeviceNumber, VfsPath> names = [];
        for (int fd = task.Files.NextOpen(0); fd >= 0; fd = task.Files.NextOpen(fd + 1))
        {
            if (task.Files.Peek(fd) is not HostStreamFile { IsTerminal: true } file)
                continue;
            if (!names.TryGetValue(file.Inode.SpecialDevice, out VfsPath path))
            {
                Tty tty = names.Count == 0 ? vfs.HostTty : new Tty();
                _ = vfs.Pts.Adopt(tty, file.Descriptor, vfs.Host.HostUid, out Dentry name);
                path = new VfsPath(root.Mount, name);
                names.Add(file.Inode.SpecialDevice, path);
            }
            HostStreamFile named = new(path.Inode, file.Descriptor, file.Flags, ownsDescriptor: false);
            named.SetPath(path, Credentials.Root);
            task.Files.Replace(fd, named, closeOnExec: false)?.Put();
            named.Put();
        }
        if (names.Count != 0 || HasControlling())
            vfs.HostTty.Control(task.Group);
    }

    private static bool HasControlling()
    {
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, "/dev/tty"u8, HostOpenFlags.ReadOnly | HostOpenFlags.CloseOnExec | HostOpenFlags.NonBlock);
        if (fd >= 0)
            _ = HostFile.Close(fd); // it was only to be seen
        return fd >= 0;
    }
}
