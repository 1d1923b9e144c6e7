using System.Text;

namespace Emu.Testing;

/// <summary>The native run is the oracle: a program must do the same under emu.</summary>
public static class GuestComparison
{
    private const int FirstSignalStatus = 129, LastSignalStatus = 128 + 64;

    /// <summary>Runs a program natively and under emu, in the same folder one after the other, and requires both to be alike.</summary>
    /// <remarks>Compared: exit status or signal, standard output, standard error, and what the working directory holds afterwards.</remarks>
    /// <returns>The run under emu.</returns>
    /// <exception cref="Xunit.Sdk.XunitException">They differ; the message says how, and how to see it again.</exception>
    public static GuestResult Check(GuestRun run)
    {
        using ScratchFolder folder = new();
        GuestResult native = run.RunNatively(folder), emulated = run.RunEmulated(folder);
        string difference = Difference(run, native, emulated);
        if (difference.Length != 0)
            Assert.Fail($"{difference}native: {native.Request.CommandLine}\nemu:    {emulated.Request.CommandLine}\n{Tail(emulated.EmuWords)}");
        return emulated;
    }

    /// <summary>Runs a program under emu alone and requires what was checked in.</summary>
    /// <param name="run">The run.</param>
    /// <param name="expected">Standard output, with <c>status: N</c> as the last line.</param>
    /// <exception cref="Xunit.Sdk.XunitException">It does something else; the message says what.</exception>
    public static GuestResult CheckExpected(GuestRun run, string expected)
    {
        using ScratchFolder folder = new();
        GuestResult emulated = run.RunEmulated(folder);
        string actual = $"{run.Normalise(emulated.Process.OutputText)}status: {(emulated.Process.TimedOut ? "timed out" : emulated.Process.Status)}\n";
        if (TextDiff.Of(expected, actual) is { Length: > 0 } difference)
            Assert.Fail($"- expected + emu, {difference}emu:    {emulated.Request.CommandLine}\n{emulated.Process.ErrorText}{Tail(emulated.EmuWords)}");
        return emulated;
    }

    /// <summary>In what two runs differ, in words; empty if in nothing.</summary>
    public static string Difference(GuestRun run, GuestResult native, GuestResult emulated)
    {
        StringBuilder text = new();
        if (native.Process.TimedOut)
            text.Append("the native run did not end in its time: it is no oracle\n");
        if (emulated.Process.TimedOut)
            text.Append($"emu did not end in {run.Limit.TotalSeconds} s\n");
        else if (native.Process.Status != emulated.Process.Status)
            text.Append($"status: native {StatusText(native.Process.Status)}, emu {StatusText(emulated.Process.Status)}\n");
        Add(text, "stdout", run.Normalise(native.Process.OutputText), run.Normalise(emulated.Process.OutputText));
        Add(text, "stderr", run.Normalise(native.Process.ErrorText), run.Normalise(emulated.Process.ErrorText));
        Add(text, "files", native.Files, emulated.Files);
        return text.ToString();
    }

    // A shell, emu and .NET all give 128 + N for death by signal N.
    private static string StatusText(int status) =>
        status is >= FirstSignalStatus and <= LastSignalStatus ? $"{status} (signal {status - 128})" : status.ToString();

    private static void Add(StringBuilder text, string what, string native, string emulated)
    {
        if (TextDiff.Of(native, emulated) is { Length: > 0 } difference)
            text.Append($"{what}, - native + emu, {difference}");
    }

    private static string Tail(string words)
    {
        const int Lines = 40;
        string[] lines = words.TrimEnd().Split('\n');
        return words.Length == 0 ? "" : $"emu said:\n{string.Join('\n', lines.TakeLast(Lines))}\n";
    }
}
