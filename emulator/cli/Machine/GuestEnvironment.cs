using Emu.Host;

namespace Emu.Cli;

/// <summary>The environment of the program: ours, byte for byte, as the options change it.</summary>
internal static class GuestEnvironment
{
    /// <summary>The environment that emu was started with.</summary>
    public static byte[][] OfCaller()
    {
        _ = HostProcess.GetEnvironment(out byte[][] variables); // without proc there is none
        return variables;
    }

    /// <summary>Puts the program's variables together. A variable that is set by an option keeps its place.</summary>
    public static byte[][] Create(RunOptions options, byte[][] caller)
    {
        byte[][] variables = options.ClearEnvironment ? [] : caller;
        return options.Environment.Count == 0 ? variables : Merge(variables, options.Environment);
    }

    /// <summary>The value of a variable; empty if there is none.</summary>
    /// <param name="variables">All of them.</param>
    /// <param name="name">Its name with the equals sign.</param>
    public static ReadOnlySpan<byte> Find(byte[][] variables, ReadOnlySpan<byte> name)
    {
        foreach (byte[] variable in variables)
        {
            if (variable.AsSpan().StartsWith(name))
                return variable.AsSpan(name.Length);
        }
        return default;
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
