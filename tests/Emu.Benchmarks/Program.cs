using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Emu.Benchmarks;

/// <summary>Measures guest programs natively, under emu and under qemu-x86_64, in turns, and prints the ratios.</summary>
internal static class Program
{
    private const int Rounds = 3, StartRounds = 20;
    private const string StartProgram = "hello";

    private static int Main(string[] arguments)
    {
        if (arguments.Length > 1 || (arguments.Length == 1 && arguments[0].StartsWith('-')))
        {
            Console.Error.WriteLine("usage: dotnet run --project tests/Emu.Benchmarks -c Release [-- FILTER]");
            return 2;
        }
        try
        {
            using Workshop workshop = new();
            string filter = arguments.Length == 0 ? "" : arguments[0];
            return Run(workshop, filter) ? 0 : 1;
        }
        catch (BenchmarkException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }

    // A program is run if the filter is part of its name, or of the name of a measure that its source holds.
    private static bool Run(Workshop workshop, string filter)
    {
        string[] names = [.. workshop.Programs.Where(name =>
            name.Contains(filter, StringComparison.OrdinalIgnoreCase) || workshop.SourceOf(name).Contains($"\"{filter}", StringComparison.OrdinalIgnoreCase))];
        if (names.Length == 0)
        {
            Console.Error.WriteLine($"no program has '{filter}' in its name or in that of a measure; there are: {string.Join(", ", workshop.Programs)}");
            return false;
        }
        Engine[] engines = [.. Engine.All(workshop.PublishEmu())];
        Table table = new(engines);
        foreach (string name in names)
        {
            Console.Error.WriteLine($"{name} ...");
            string program = workshop.Compile(name);
            table.Add(name == StartProgram ? StartToExit(engines, program) : BestOf(engines, program));
        }
        table.Print(Console.Out);
        return true;
    }

    private static List<Measure> BestOf(Engine[] engines, string program)
    {
        Dictionary<string, Measure> best = [];
        HashSet<Engine> failed = [];
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Engine engine in engines.Where(engine => !failed.Contains(engine)))
            {
                foreach (Sample sample in TryRun(engine, program, failed))
                {
                    if (!best.TryGetValue(sample.Name, out Measure? measure))
                        best[sample.Name] = measure = new Measure(sample.Name, sample.Unit);
                    measure.Keep(engine, sample);
                }
            }
        }
        return [.. best.Values];
    }

    // Only native has to run: what an engine cannot do is said, and shown as "-".
    private static IEnumerable<Sample> TryRun(Engine engine, string program, HashSet<Engine> failed)
    {
        try
        {
            return engine.Run(program);
        }
        catch (BenchmarkException wrong) when (!engine.IsNative)
        {
            Console.Error.WriteLine($"{engine.Name}: {wrong.Message}");
            failed.Add(engine);
            return [];
        }
    }

    private static List<Measure> StartToExit(Engine[] engines, string program)
    {
        Dictionary<Engine, List<double>> times = engines.ToDictionary(static engine => engine, static _ => new List<double>());
        for (int round = 0; round < StartRounds; round++)
        {
            foreach (Engine engine in engines)
                times[engine].Add(engine.TimeToExit(program));
        }
        Measure measure = new("start-to-exit", "process");
        foreach (Engine engine in engines)
            measure.Keep(engine, new Sample(measure.Name, measure.Unit, 1, Median(times[engine]), 0));
        return [measure];
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        int half = values.Count / 2;
        return values.Count % 2 == 0 ? (values[half - 1] + values[half]) / 2 : values[half];
    }
}
