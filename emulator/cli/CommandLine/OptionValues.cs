using System.Globalization;
using Emu.Cpu;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Takes the values of options. Each function gives what is wrong in words, or null.</summary>
internal static class OptionValues
{
    private const int MaximumCpus = 1;
    private const long NanosecondsPerSecond = 1_000_000_000, LongestTimeoutSeconds = 1_000_000_000, LastEpochSeconds = 8_000_000_000;

    /// <summary>SIZE[,nodes=N][,hotplug=SIZE][,cma=SIZE].</summary>
    public static string? Memory(RunOptions options, string value)
    {
        string[] parts = value.Split(',');
        ulong nodes = 1, hotplug = 0, cma = 0;
        foreach (string part in parts.AsSpan(1))
        {
            bool known = part.Split('=') switch
            {
                ["nodes", var text] => TryNumber(text, out nodes) && nodes <= MemoryLayout.MaximumNodes,
                ["hotplug", var text] => TrySize(text, out hotplug),
                ["cma", var text] => TrySize(text, out cma),
                _ => false,
            };
            if (!known)
                return $"'{part}' is not nodes=N, hotplug=SIZE or cma=SIZE";
        }
        if (!TrySize(parts[0], out ulong bytes))
            return $"'{parts[0]}' is no size such as 512M or 4G";
        try
        {
            options.Memory = new MemoryLayout(bytes, (int)nodes, hotplug, cma);
            return null;
        }
        catch (ArgumentException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>N.</summary>
    public static string? Cpus(RunOptions options, string value)
    {
        if (!TryNumber(value, out ulong cpus) || cpus is 0 or > MaximumCpus)
            return $"'{value}': a machine has one processor for now";
        options.Cpus = (int)cpus;
        return null;
    }

    /// <summary>The name of a model.</summary>
    public static string? Model(RunOptions options, string value)
    {
        foreach (CpuModel model in CpuModel.All)
        {
            if (model.Name != value)
                continue;
            options.Model = model;
            return null;
        }
        return $"'{value}' is no model; there are: {string.Join(", ", CpuModel.All.Select(static model => model.Name))}";
    }

    /// <summary>virtual or host.</summary>
    public static string? Clock(RunOptions options, string value)
    {
        if (value is not ("virtual" or "host"))
            return $"'{value}' is neither virtual nor host";
        options.Clock = value == "host" ? ClockKind.Host : ClockKind.Virtual;
        return null;
    }

    /// <summary>N.</summary>
    public static string? Seed(RunOptions options, string value)
    {
        if (!TryNumber(value, out ulong seed))
            return NoNumber(value);
        options.Seed = seed;
        return null;
    }

    /// <summary>Seconds since 1970, or a date and time in UTC.</summary>
    public static string? Epoch(RunOptions options, string value)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!TryNumber(value, out ulong seconds))
        {
            string[] forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss"];
            if (!DateTime.TryParseExact(value, forms, CultureInfo.InvariantCulture, Utc, out DateTime time) || time < DateTime.UnixEpoch)
                return $"'{value}' is neither seconds since 1970 nor a time such as 2025-01-01T00:00:00Z";
            seconds = (ulong)(time - DateTime.UnixEpoch).TotalSeconds;
        }
        if (seconds > LastEpochSeconds)
            return $"'{value}' is too far away";
        options.Epoch = (long)seconds * NanosecondsPerSecond;
        return null;
    }

    /// <summary>Seconds, perhaps with a fraction.</summary>
    public static string? Timeout(RunOptions options, string value)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(value, Style, CultureInfo.InvariantCulture, out double seconds) || seconds is not (> 0 and <= LongestTimeoutSeconds))
            return $"'{value}' is no number of seconds above 0";
        options.Timeout = TimeSpan.FromSeconds(seconds);
        return null;
    }

    /// <summary>N.</summary>
    public static string? MaxInstructions(RunOptions options, string value)
    {
        if (!TryNumber(value, out ulong limit))
            return NoNumber(value);
        options.MaxInstructions = limit;
        return null;
    }

    /// <summary>HOST:GUEST[:ro].</summary>
    public static string? Volume(RunOptions options, string value)
    {
        string[] parts = value.Split(':');
        bool isReadOnly = parts.Length == 3 && parts[2] == "ro";
        bool isKnown = parts.Length == 2 || isReadOnly || (parts.Length == 3 && parts[2] == "rw");
        if (!isKnown || parts[0].Length == 0 || !parts[1].StartsWith('/'))
            return $"'{value}' is not HOST:GUEST[:ro] with an absolute GUEST";
        options.Volumes.Add(new HostVolume(RawText.ToBytes(parts[0]), RawText.ToBytes(parts[1]), isReadOnly));
        return null;
    }

    /// <summary>A directory of the host.</summary>
    public static string? RootFs(RunOptions options, string value) => NotEmpty(value, path => options.RootFs = path);

    /// <summary>A directory of the machine.</summary>
    public static string? WorkingDirectory(RunOptions options, string value) => NotEmpty(value, path => options.WorkingDirectory = path);

    /// <summary>A file of the host.</summary>
    public static string? Output(RunOptions options, string value) => NotEmpty(value, path => options.Output = path);

    /// <summary>The name of an area, as the trace prints it.</summary>
    public static string? AreaName(RunOptions options, string value) => NotEmpty(value, name => options.AreaName = name);

    /// <summary>SIZE[:FILE].</summary>
    public static string? Swap(RunOptions options, string value)
    {
        const ulong Smallest = 10 * MmConstants.PageSize, Largest = 256UL << 30;
        int colon = value.IndexOf(':');
        string size = colon < 0 ? value : value[..colon];
        if (!TrySize(size, out ulong bytes) || bytes is < Smallest or > Largest)
            return $"'{size}' is no size from 40K to 256G";
        if (colon == value.Length - 1)
            return "the name of the file is empty";
        options.Swap.Add(new SwapRequest(bytes, colon < 0 ? null : RawText.ToBytes(value[(colon + 1)..])));
        return null;
    }

    /// <summary>NAME=VALUE, where the name is that of a file of cgroup2.</summary>
    public static string? ControlGroup(RunOptions options, string value)
    {
        int equals = value.IndexOf('=');
        if (equals <= 0 || value.IndexOf('.') is var dot && (dot <= 0 || dot > equals) || value[..equals].Contains('/'))
            return $"'{value}' is not NAME=VALUE with a name such as memory.max";
        options.ControlGroup.Add(new ControlGroupSetting(value[..equals], value[(equals + 1)..]));
        return null;
    }

    /// <summary>page_alloc:nth=N.</summary>
    public static string? Inject(RunOptions options, string value)
    {
        const string PageAllocation = "page_alloc:nth=";
        if (!value.StartsWith(PageAllocation, StringComparison.Ordinal) || !TryNumber(value[PageAllocation.Length..], out ulong nth) || nth == 0)
            return $"'{value}' is not {PageAllocation}N with N from 1";
        options.FailingAllocation = nth;
        return null;
    }

    /// <summary>N.</summary>
    public static string? Pids(RunOptions options, string value)
    {
        const ulong Largest = 1 << 22; // Linux: PID_MAX_LIMIT
        if (!TryNumber(value, out ulong pids) || pids is 0 or > Largest)
            return $"'{value}' is no number from 1 to {Largest}";
        options.Pids = (int)pids;
        return null;
    }

    /// <summary>NAME=VALUE.</summary>
    public static string? Variable(RunOptions options, string value)
    {
        if (value.IndexOf('=') <= 0)
            return $"'{value}' is not NAME=VALUE";
        options.Environment.Add(RawText.ToBytes(value));
        return null;
    }

    /// <summary>N, or nothing for the usual interval.</summary>
    public static string? Check(RunOptions options, string value)
    {
        ulong interval = RunOptions.DefaultCheckInterval;
        if (value.Length != 0 && (!TryNumber(value, out interval) || interval is 0 or > int.MaxValue))
            return NoNumber(value);
        options.CheckInterval = (int)interval;
        return null;
    }

    /// <summary>Names of classes with commas between them. What several options name adds up.</summary>
    public static string? Classes(RunOptions options, string value)
    {
        ulong classes = options.Classes == ulong.MaxValue ? 0 : options.Classes;
        foreach (string name in value.Split(','))
        {
            if (!FaultNames.TryParse(name, out FaultClass kind))
                return $"'{name}' is no class of faults; there are: {FaultNames.List()}";
            classes |= 1UL << (int)kind;
        }
        options.Classes = classes;
        return null;
    }

    /// <summary>A-B, hexadecimal with 0x or decimal; B is not part of it.</summary>
    public static string? Range(RunOptions options, string value)
    {
        string[] ends = value.Split('-');
        if (ends.Length != 2 || !TryNumber(ends[0], out ulong start) || !TryNumber(ends[1], out ulong end) || start >= end)
            return $"'{value}' is no range such as 0x400000-0x500000";
        options.RangeStart = start;
        options.RangeLast = end - 1;
        return null;
    }

    /// <summary>The name of a format that the command knows.</summary>
    public static string? Format(RunOptions options, string value)
    {
        bool isTrace = options.Command == CommandKind.Trace;
        OutputFormat? format = value switch
        {
            "text" when isTrace => OutputFormat.Text,
            "jsonl" when isTrace => OutputFormat.JsonLines,
            "table" when !isTrace => OutputFormat.Text,
            "json" when !isTrace => OutputFormat.Json,
            "csv" when !isTrace => OutputFormat.Csv,
            _ => null,
        };
        if (format == null)
            return isTrace ? $"'{value}' is neither text nor jsonl" : $"'{value}' is none of table, json, csv";
        options.Format = format.Value;
        return null;
    }

    /// <summary>A number, decimal or hexadecimal with 0x; underscores may group digits.</summary>
    internal static bool TryNumber(string text, out ulong value)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        string digits = (hex ? text[2..] : text).Replace("_", "", StringComparison.Ordinal);
        NumberStyles style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        return ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A number of bytes, with K, M, G or T for powers of 1024.</summary>
    internal static bool TrySize(string text, out ulong bytes)
    {
        bytes = 0;
        if (text.Length == 0)
            return false;
        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        if (!TryNumber(shift == 0 ? text : text[..^1], out ulong number) || number > ulong.MaxValue >> shift)
            return false;
        bytes = number << shift;
        return true;
    }

    private static string NoNumber(string value) => $"'{value}' is no number";

    private static string? NotEmpty(string value, Action<byte[]> set)
    {
        if (value.Length == 0)
            return "the value is empty";
        set(RawText.ToBytes(value));
        return null;
    }
}
