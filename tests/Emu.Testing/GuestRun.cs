using System.Text;

namespace Emu.Testing;

/// <summary>A program with all that it can see: what is run natively and under emu, alike.</summary>
/// <param name="Program">Path of a static x86-64 program.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record GuestRun(string Program, params string[] Arguments)
{
    /// <summary>What it reads from standard input.</summary>
    public byte[] Input { get; init; } = [];

    /// <summary>Fills its working directory before each run.</summary>
    public Action<ScratchFolder>? Prepare { get; init; }

    /// <summary>Variables beside those that every run has.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Options of emu beside <c>--check</c>.</summary>
    public IReadOnlyList<string> EmuOptions { get; init; } = [];

    /// <summary>Changes what the program printed before it is compared, such as an inode number.</summary>
    public Func<string, string> Normalise { get; init; } = static text => text;

    /// <summary>How long emu may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The environment of both runs.</summary>
    public Dictionary<string, string> FullEnvironment()
    {
        Dictionary<string, string> all = new()
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = "/nonexistent",
            ["LC_ALL"] = "C",
            ["TZ"] = "UTC0",
            // emu itself is started by what this names; the program sees it as well, in both runs.
            ["DOTNET_ROOT"] = DotnetRoot,
        };
        // Long programs do less where tests are to be short.
        if (System.Environment.GetEnvironmentVariable("EMU_TEST_SCALE") is { } scale)
            all["EMU_TEST_SCALE"] = scale;
        foreach ((string name, string value) in Environment)
            all[name] = value;
        return all;
    }

    /// <summary>Runs it on the host's processor and kernel.</summary>
    /// <remarks>.NET ignores SIGPIPE and would hand that on: <c>env</c> sets it right.</remarks>
    public GuestResult RunNatively(ScratchFolder folder)
    {
        string[] words = ["--default-signal=PIPE", Program, .. Arguments];
        return Run(folder, new ProcessRequest(Tools.Require("env"), words) { Limit = TimeSpan.FromMinutes(1) });
    }

    /// <summary>Runs it under emu, whose own words are kept apart from the program's.</summary>
    public GuestResult RunEmulated(ScratchFolder folder)
    {
        string words = folder.Root + ".emu";
        string[] options = ["run", "--check", "-o", words, .. EmuOptions, Program, .. Arguments];
        GuestResult result = Run(folder, new ProcessRequest(Repository.Emu, options) { Limit = Limit });
        if (!File.Exists(words))
            return result;
        result = result with { EmuWords = Encoding.Latin1.GetString(File.ReadAllBytes(words)) };
        File.Delete(words);
        return result;
    }

    private GuestResult Run(ScratchFolder folder, ProcessRequest request)
    {
        folder.Renew();
        Prepare?.Invoke(folder);
        request = request with { Folder = folder.Root, Input = Input, Environment = FullEnvironment() };
        return new GuestResult(request, ProcessRunner.Run(request), folder.Describe());
    }

    private static string DotnetRoot { get; } =
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}

/// <summary>What a run came to.</summary>
/// <param name="Request">What was run.</param>
/// <param name="Process">How it ended, and what it wrote.</param>
/// <param name="Files">What its working directory held then.</param>
public sealed record GuestResult(ProcessRequest Request, ProcessResult Process, string Files)
{
    /// <summary>What emu itself printed.</summary>
    public string EmuWords { get; init; } = "";
}
