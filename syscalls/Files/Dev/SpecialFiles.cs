using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Opens what is neither file nor directory. Linux: <c>init_special_inode</c>, fs/char_dev.c, drivers/char/mem.c.</summary>
internal static class SpecialFiles
{
    private const uint MemoryMajor = 1, TerminalMajor = 5, FirstPtsMajor = 136, LastPtsMajor = 143;

    /// <summary>Opens a FIFO, socket or device by what its inode says.</summary>
    /// <returns>0 or a negative errno; -ENXIO where no driver is.</returns>
    public static int Open(Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return inode.Type switch
        {
            ModeBits.Fifo => Fifo.Open(inode, request, waits: true, out file),
            ModeBits.Character => OpenCharacter(inode, request, out file),
            _ => -Errno.ENXIO,
        };
    }

    private static int OpenCharacter(Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        DeviceNumber device = inode.SpecialDevice;
        switch (device.Major)
        {
            case MemoryMajor:
                file = MemoryDevice(inode, request.Flags, device.Minor);
                return file != null ? 0 : -Errno.ENXIO;
            case TerminalMajor when device.Minor == 0:
                return Terminals.OpenControlling(inode, request, out file);
            case TerminalMajor when device.Minor == 2:
                return PtyMasterFile.Open(inode, request, out file);
            case >= FirstPtsMajor and <= LastPtsMajor:
                return -Errno.EIO; // terminals are opened by their names in /dev/pts alone
            default:
                return -Errno.ENXIO;
        }
    }

    private static OpenFile? MemoryDevice(Inode inode, OpenFlags flags, uint minor) => minor switch
    {
        3 => new NullFile(inode, flags),
        5 => new ZeroFile(inode, flags),
        7 => new FullFile(inode, flags),
        8 or 9 => new RandomFile(inode, flags),
        _ => null,
    };
}
