using System.Reflection;
using Emu.Testing;
using Xunit.Sdk;

namespace Emu.Guest.Tests;

/// <summary>Applets of busybox on real input: the first half of applets.txt.</summary>
public class FirstAppletTests
{
    [ToolTheory("busybox")]
    [Applets(0)]
    public void Runs_AsNatively(string command) => Applet.Check(command);
}

/// <summary>The second half; both are run at the same time.</summary>
public class SecondAppletTests
{
    [ToolTheory("busybox")]
    [Applets(1)]
    public void Runs_AsNatively(string command) => Applet.Check(command);
}

/// <summary>Every second line of applets.txt.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AppletsAttribute(int half) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "applets.txt"))
            .Where(static line => line.Length != 0 && line[0] != '#')
            .Where((_, index) => index % 2 == half)
            .Select(static line => new object[] { line });
}

internal static class Applet
{
    /// <summary>The static busybox of the host.</summary>
    public static string Busybox => Tools.Require("busybox");

    /// <summary>Compares a run of a command of applets.txt.</summary>
    public static void Check(string command)
    {
        int input = command.LastIndexOf(" < ", StringComparison.Ordinal);
        if (input >= 0 && command.AsSpan(input + 3).Contains(' '))
            input = -1;
        string[] words = Words(input < 0 ? command : command[..input]);
        GuestComparison.Check(new GuestRun(Busybox, words)
        {
            Prepare = AppletFiles.Put,
            Input = input < 0 ? [] : InputOf(command[(input + 3)..]),
        });
    }

    private static byte[] InputOf(string name)
    {
        using ScratchFolder folder = new();
        AppletFiles.Put(folder);
        return File.ReadAllBytes(Path.Combine(folder.Root, name));
    }

    // Words are parted by spaces; what stands between apostrophes is taken as it is.
    private static string[] Words(string command)
    {
        List<string> words = [];
        int at = 0;
        while (at < command.Length)
        {
            if (command[at] == ' ')
            {
                at++;
                continue;
            }
            char end = command[at] == '\'' ? '\'' : ' ';
            int start = end == '\'' ? at + 1 : at;
            int stop = command.IndexOf(end, start) is >= 0 and int found ? found : command.Length;
            words.Add(command[start..stop]);
            at = stop + 1;
        }
        return [.. words];
    }
}
