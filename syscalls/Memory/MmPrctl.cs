using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>PR_SET_MM: where the parts of the program are said to lie. Linux: <c>prctl_set_mm</c>.</summary>
internal static class MmPrctl
{
    private const int StartCode = 1, EndCode = 2, StartData = 3, EndData = 4, StartStack = 5, StartBrk = 6, Brk = 7, ArgStart = 8, ArgEnd = 9,
        EnvStart = 10, EnvEnd = 11, AuxiliaryVector = 12, ExeFile = 13, Map = 14, MapSize = 15;

    // Linux: sizeof(mm->saved_auxv)
    private const int MaxVector = 52 * 8;

    /// <summary>What is set at once. Linux: <c>struct prctl_mm_map</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MmMap
    {
        public ulong StartCode, EndCode, StartData, EndData, StartBrk, Brk, StartStack, ArgStart, ArgEnd, EnvStart, EnvEnd, Vector;
        public uint VectorSize, ExeFd;
    }

    /// <summary>Serves PR_SET_MM.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static long Set(Task task, in SyscallArguments args)
    {
        int option = args.Int(1);
        if (args.A4 != 0 || (args.A3 != 0 && option is not (AuxiliaryVector or Map or MapSize)))
            return -Errno.EINVAL;
        switch (option)
        {
            case MapSize:
                return task.User.TryPut(args.A2, (uint)Marshal.SizeOf<MmMap>()) ? 0 : -Errno.EFAULT;
            case Map:
                return SetMap(task, args.A2, args.A3);
        }
        if (!task.Credentials.Can(Capability.SysResource))
            return -Errno.EPERM;
        return option switch
        {
            ExeFile => SetExe(task, (int)args.A2),
            AuxiliaryVector => SetVector(task, args.A2, args.A3),
            _ => SetOne(task, option, args.A2),
        };
    }

    private static int SetOne(Task task, int option, ulong address)
    {
        if (address >= MmConstants.TaskSize || address < task.Kernel.Memory.Sysctl.MmapMinAddr)
            return -Errno.EINVAL;
        MmMap map = MapOf(task.Mm.Layout);
        switch (option)
        {
            case StartCode:
                map.StartCode = address;
                break;
            case EndCode:
                map.EndCode = address;
                break;
            case StartData:
                map.StartData = address;
                break;
            case EndData:
                map.EndData = address;
                break;
            case StartStack:
                map.StartStack = address;
                break;
            case StartBrk:
                map.StartBrk = address;
                break;
            case Brk:
                map.Brk = address;
                break;
            case ArgStart:
                map.ArgStart = address;
                break;
            case ArgEnd:
                map.ArgEnd = address;
                break;
            case EnvStart:
                map.EnvStart = address;
                break;
            case EnvEnd:
                map.EnvEnd = address;
                break;
            default:
                return -Errno.EINVAL;
        }
        int error = Check(task, map);
        if (error == 0 && option is StartStack or ArgStart or ArgEnd or EnvStart or EnvEnd && task.Mm.FindArea(address) == null)
            error = -Errno.EFAULT;
        if (error == 0)
            Apply(task.Mm.Layout, map);
        return error;
    }

    // Linux: prctl_set_mm_map
    private static int SetMap(Task task, ulong address, ulong size)
    {
        if (size != (ulong)Marshal.SizeOf<MmMap>())
            return -Errno.EINVAL;
        if (!task.User.TryGet(address, out MmMap map))
            return -Errno.EFAULT;
        int error = Check(task, map);
        if (error != 0)
            return error;
        byte[] vector = [];
        if (map.VectorSize != 0)
        {
            if (map.Vector == 0 || map.VectorSize > MaxVector)
                return -Errno.EINVAL;
            error = GetVector(task, map.Vector, map.VectorSize, out vector);
        }
        if (error == 0 && map.ExeFd != uint.MaxValue)
            error = task.Credentials.Can(Capability.SysAdmin) ? SetExe(task, (int)map.ExeFd) : -Errno.EPERM;
        if (error != 0)
            return error;
        Apply(task.Mm.Layout, map);
        if (map.VectorSize != 0)
            task.Mm.Layout.AuxiliaryVector = vector;
        return 0;
    }

    // Linux: validate_prctl_map_addr
    private static int Check(Task task, in MmMap map)
    {
        ulong low = task.Kernel.Memory.Sysctl.MmapMinAddr;
        ReadOnlySpan<ulong> addresses =
        [
            map.StartCode, map.EndCode, map.StartData, map.EndData, map.StartBrk, map.Brk, map.StartStack, map.ArgStart, map.ArgEnd, map.EnvStart,
            map.EnvEnd,
        ];
        foreach (ulong address in addresses)
        {
            if (address >= MmConstants.TaskSize || address < low)
                return -Errno.EINVAL;
        }
        bool ordered = map.StartCode < map.EndCode && map.StartData <= map.EndData && map.StartBrk <= map.Brk && map.ArgStart <= map.ArgEnd &&
            map.EnvStart <= map.EnvEnd;
        ulong limit = task.Mm.Limits.Data, data = map.Brk - map.StartBrk + (map.EndData - map.StartData);
        return ordered && (limit == MmLimits.Infinity || data <= limit) ? 0 : -Errno.EINVAL;
    }

    // Linux: prctl_set_auxv
    private static int SetVector(Task task, ulong address, ulong length)
    {
        if (length > MaxVector)
            return -Errno.EINVAL;
        int error = GetVector(task, address, length, out byte[] vector);
        if (error == 0)
            task.Mm.Layout.AuxiliaryVector = vector;
        return error;
    }

    // It always ends in AT_NULL.
    private static int GetVector(Task task, ulong address, ulong length, out byte[] vector)
    {
        vector = new byte[MaxVector];
        if (task.User.CopyFrom(address, vector.AsSpan(0, (int)length)) != 0)
            return -Errno.EFAULT;
        vector.AsSpan(MaxVector - 16).Clear();
        return 0;
    }

    // Linux: prctl_set_mm_exe_file
    private static int SetExe(Task task, int fd)
    {
        using FileReference reference = task.Files.Get(fd);
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (!file.Inode.IsRegular || file.NoExec)
            return -Errno.EACCES;
        int error = Permissions.Check(file.Inode, task.Credentials, Access.Exec);
        if (error != 0)
            return error;
        // The old one must not be mapped any more. Linux: replace_mm_exe_file
        foreach ((_, _, VmArea area) in task.Mm.Areas.Iterate())
        {
            if (task.Mm.ExeFile is { } old && area.File is { } mapped && mapped.Device == old.Device && mapped.InodeNumber == old.InodeNumber)
                return -Errno.EBUSY;
        }
        task.Mm.SetExeFile(file);
        return 0;
    }

    private static MmMap MapOf(MmLayout layout) => new()
    {
        StartCode = layout.StartCode,
        EndCode = layout.EndCode,
        StartData = layout.StartData,
        EndData = layout.EndData,
        StartBrk = layout.StartBrk,
        Brk = layout.Brk,
        StartStack = layout.StartStack,
        ArgStart = layout.ArgStart,
        ArgEnd = layout.ArgEnd,
        EnvStart = layout.EnvStart,
        EnvEnd = layout.EnvEnd,
    };

    private static void Apply(MmLayout layout, in MmMap map)
    {
        layout.StartCode = map.StartCode;
        layout.EndCode = map.EndCode;
        layout.StartData = map.StartData;
        layout.EndData = map.EndData;
        layout.StartBrk = map.StartBrk;
        layout.Brk = map.Brk;
        layout.StartStack = map.StartStack;
        layout.ArgStart = map.ArgStart;
        layout.ArgEnd = map.ArgEnd;
        layout.EnvStart = map.EnvStart;
        layout.EnvEnd = map.EnvEnd;
    }
}
