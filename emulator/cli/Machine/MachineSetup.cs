using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>What a machine gets before its first program: files, swap, a control group.</summary>
internal static class MachineSetup
{
    /// <summary>Sets a machine up as the options say.</summary>
    /// <param name="kernel">The machine.</param>
    /// <param name="options">The options.</param>
    /// <param name="environment">The caller's environment.</param>
    /// <returns>What is wrong, for the user; null if all went well.</returns>
    public static string? Apply(Kernel kernel, RunOptions options, byte[][] environment)
    {
        if (kernel.PrepareFiles(options.ToGuestFiles(environment), out string reason) is < 0 and int error)
            return $"{reason}: {ErrnoNames.TextOf(-error)}";
        foreach (ControlGroupSetting setting in options.ControlGroup)
        {
            int result = kernel.SetControlGroup(setting.Name, setting.Value);
            if (result == -Errno.ENOENT)
                return $"--cgroup: there is no {setting.Name}";
            if (result != 0)
                return $"--cgroup: {setting.Name}={setting.Value}: {ErrnoNames.TextOf(-result)}";
        }
        foreach (SwapRequest request in options.Swap)
        {
            if (AddSwap(kernel, request) is { } wrong)
                return $"--swap: {wrong}";
        }
        return null;
    }

    private static string? AddSwap(Kernel kernel, SwapRequest request)
    {
        const int DefaultPriority = -1;
        ulong pages = (request.Bytes >> MmConstants.PageShift) - 1; // the first is the header's
        ISwapDevice? device = null;
        int error = request.File == null ? 0 : FileSwapDevice.TryOpen(request.File, pages, out device);
        if (error == -Errno.EINVAL)
            return $"{RawText.FromBytes(request.File!)}: the file holds something else; name one that is empty or does not exist";
        if (error != 0)
            return $"{RawText.FromBytes(request.File!)}: {ErrnoNames.TextOf(-error)}";
        device ??= new MemorySwapDevice(pages);
        byte[] name = request.File ?? RawText.ToBytes($"/dev/zram{kernel.Memory.Swap.Areas.Count()}");
        error = kernel.Memory.Swap.SwapOn(device, name, DefaultPriority, isFile: request.File != null, out _);
        return error == 0 ? null : ErrnoNames.TextOf(-error);
    }
}
