using Emu.Host;

namespace Emu.Cli;

/// <summary>The environment of the program: ours, byte for byte, as the options change it.</summary>
internal static class GuestEnvironment
{
    /// <summary>Puts the variables together. A variable that is set by an option keeps its place.</summary>
    public static byte[][] Create(RunOptions options)
    {
        byte[][] variables = [];
        if (!options.ClearEnvironment)
            _ = HostProcess.GetEnvironment(out variables); // without proc there is none
        return options.Environment.Count == 0 ? variables : Merge(variables, options.Environment);
    }

    private static byte[][] Merge(byte[][] variables, List<byte[]> changes)
    {
        List<byte[]> merged = [.. variables];
        foreach (byte[] change in changes)
        {
            int nameLength = change.AsSpan().IndexOf((byte)'=') + 1;
            int index = merged.FindIndex(variable => variable.AsSpan().StartsWith(change.AsSpan(0, nameLength)));
            if (index < 0)
                merged.Add(change);
            else
                merged[index] = change;
        }
        return [.. merged];
    }
}
