using Emu.Host;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>What a machine gets before its first program: swap, a control group, files.</summary>
internal static class MachineSetup
{
    /// <summary>Sets a machine up as the options say.</summary>
    /// <returns>What is wrong, for the user; null if all went well.</returns>
    public static string? Apply(Kernel kernel, RunOptions options)
    {
        if (options.ControlGroup.Count != 0)
            return $"--cgroup: {options.ControlGroup[0].Name} is not supported: there are no control groups yet";
        foreach (SwapRequest request in options.Swap)
        {
            if (AddSwap(kernel, request) is { } wrong)
                return $"--swap: {wrong}";
        }
        return PrepareFiles(kernel, options);
    }

    private static string? PrepareFiles(Kernel kernel, RunOptions options)
    {
        GuestFiles files = new()
        {
            RootDirectory = options.RootFs,
            Volumes = [.. options.Volumes.Select(static volume => new HostVolume(volume.Host, volume.Guest, volume.IsReadOnly))],
            WorkingDirectory = options.WorkingDirectory,
            Home = HostHome(),
        };
        int error = kernel.PrepareFiles(files, out string reason);
        return error == 0 ? null : $"{reason}: {ErrnoNames.TextOf(-error)}";
    }

    private static byte[]? HostHome()
    {
        _ = HostProcess.GetEnvironment(out byte[][] variables); // without proc there is none
        byte[]? home = Array.Find(variables, static variable => variable.AsSpan().StartsWith("HOME="u8));
        return home is { Length: > 5 } ? home[5..] : null;
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
