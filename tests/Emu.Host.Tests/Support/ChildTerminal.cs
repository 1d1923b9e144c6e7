using System.Runtime.CompilerServices;

namespace Emu.Host.Tests.Support;

/// <summary>Checks that need a controlling terminal, thus a session of their own.</summary>
internal static class ChildTerminal
{
    /// <summary>
    /// As the leader of a session, makes a terminal the controlling one by opening it. 0 or the line of the check that failed.
    /// </summary>
    public static int Run(byte[] path)
    {
        int terminal = HostFile.OpenAt(HostAtFlags.CurrentDirectory, path, HostOpenFlags.ReadWrite | HostOpenFlags.CloseOnExec);
        if (terminal < 0)
            return Line();
        if (HostTerminal.GetForegroundGroup(terminal) != HostProcess.GetProcessGroup())
            return Line();
        return CheckBackground(terminal);
    }

    /// <summary>In the background the state of the terminal is left to the job in the foreground.</summary>
    private static int CheckBackground(int terminal)
    {
        byte[] before = new byte[HostTerminal.AttributesSize];
        byte[] raw = new byte[HostTerminal.AttributesSize];
        byte[] after = new byte[HostTerminal.AttributesSize];
        HostTerminal.GetAttributes(terminal, before);
        if (TerminalState.Save(terminal, out TerminalState? state) != 0 || state!.SetRaw() != 0)
            return Line();
        HostTerminal.GetAttributes(terminal, raw);
        Child other = Child.Spawn("/bin/sleep"u8.ToArray(), ["sleep"u8.ToArray(), "60"u8.ToArray()], []);
        if (HostTerminal.SetForegroundGroupInterruptible(terminal, other.Pid) != 0)
            return Line();
        if (HostTerminal.GetForegroundGroup(terminal) != other.Pid || state.Restore() != 0)
            return Line();
        HostTerminal.GetAttributes(terminal, after);
        other.Kill(9);
        other.Wait();
        if (!after.AsSpan().SequenceEqual(raw) || raw.AsSpan().SequenceEqual(before))
            return Line();
        return 0;
    }

    private static int Line([CallerLineNumber] int line = 0) => line;
}
