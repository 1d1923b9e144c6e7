namespace Emu.Host;

/// <summary>
/// Pairs of pseudo-terminals (pty(7), ioctl_tty(2)): a master, and the terminal that it drives. Every result is ≥ 0 or a
/// negative errno.
/// </summary>
public static unsafe class HostPseudoTerminal
{
    private const nuint TioCgPtn = 0x80045430;
    private const nuint TioCsPtLck = 0x40045431;
    private const nuint TioCgPtPeer = 0x5441;

    /// <summary>A new master, its terminal locked (posix_openpt(3)). Flags are <see cref="HostOpenFlags"/>.</summary>
    public static int OpenMaster(int flags) => HostFile.OpenAt(HostAtFlags.CurrentDirectory, "/dev/ptmx"u8, flags);

    /// <summary>Lets the master's terminal be opened (unlockpt(3)).</summary>
    public static int Unlock(int master)
    {
        int locked = 0;
        return Native.Result(Native.ioctl(master, TioCsPtLck, &locked));
    }

    /// <summary>The number N of the master's terminal <c>/dev/pts/N</c> (ptsname(3)).</summary>
    public static int GetNumber(int master)
    {
        int number = 0;
        int result = Native.Result(Native.ioctl(master, TioCgPtn, &number));
        return result < 0 ? result : number;
    }

    /// <summary>
    /// Opens the master's terminal without its path (TIOCGPTPEER, Linux 4.13); <c>-EIO</c> while it is locked. With
    /// <see cref="HostOpenFlags.NoControllingTerminal"/> it never becomes ours.
    /// </summary>
    public static int OpenPeer(int master, int flags) =>
        Native.Result(Native.ioctl(master, TioCgPtPeer, (void*)HostOpenFlags.ToHost(flags)));

    /// <summary>
    /// A master and its unlocked terminal, both close-on-exec and not controlling (openpty(3)). Both are -1 on failure,
    /// and both are the caller's to close.
    /// </summary>
    public static int OpenPair(out int master, out int terminal)
    {
        const int Flags = HostOpenFlags.ReadWrite | HostOpenFlags.NoControllingTerminal | HostOpenFlags.CloseOnExec;
        terminal = -1;
        master = OpenMaster(Flags);
        if (master < 0)
        {
            int error = master;
            master = -1;
            return error;
        }
        int result = Unlock(master);
        if (result >= 0)
            result = OpenPeer(master, Flags);
        if (result >= 0)
        {
            terminal = result;
            return 0;
        }
        HostFile.Close(master);
        master = -1;
        return result;
    }
}
