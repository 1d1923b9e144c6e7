using System.Globalization;
using System.Text;

namespace Emu.Host.Tests.Support;

/// <summary>
/// What the tests' program does when it is started by <see cref="Child"/>: one verb, whose arguments are read raw. A verb
/// that checks something itself exits with 0, or with the number of the line that failed.
/// </summary>
internal static class ChildProgram
{
    private static byte[][] _arguments = [];

    public static int Main(string[] arguments)
    {
        if (arguments.Length == 0)
            return 64;
        HostProcess.GetArguments(out _arguments);
        _arguments = _arguments[2..];
        switch (arguments[0])
        {
            case "arguments":
                return WriteStrings(_arguments[1..]);
            case "environment":
                HostProcess.GetEnvironment(out byte[][] variables);
                return WriteStrings(variables);
            case "exit":
                HostProcess.ExitNow(Number(0));
                return 64;
            case "die":
                HostProcess.DieBySignal(Number(0));
                return 64;
            case "stop":
                return -HostProcess.StopBySignal(Number(0));
            case "default":
                return RunDefaultAction();
            case "terminal":
                return ChildTerminal.Run(_arguments[0]);
            default:
                return 64;
        }
    }

    private static int Number(int index) =>
        int.Parse(Encoding.ASCII.GetString(_arguments[index]), CultureInfo.InvariantCulture);

    /// <summary>Writes strings in hexadecimal, a line each, to the descriptor of the first argument.</summary>
    private static int WriteStrings(byte[][] strings)
    {
        foreach (byte[] text in strings)
            HostFile.Write(Number(0), Encoding.ASCII.GetBytes(Convert.ToHexString(text) + "\n"));
        return 0;
    }

    /// <summary>Registers a handler that declines a signal, and waits for what it does.</summary>
    private static int RunDefaultAction()
    {
        HostSignal.Register(Number(0), _ => false, out _);
        NativeTest.kill(HostProcess.GetPid(), Number(0));
        Thread.Sleep(TimeSpan.FromMinutes(1));
        return 64;
    }
}
