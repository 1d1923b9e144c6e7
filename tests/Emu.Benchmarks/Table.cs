using System.Globalization;

namespace Emu.Benchmarks;

/// <summary>What was measured, a line each: nanoseconds an operation, rates, and ratios to the native run.</summary>
/// <param name="engines">The engines; the first is native.</param>
internal sealed class Table(Engine[] engines)
{
    private const double NanosecondsPerSecond = 1e9, Millions = 1e6;
    private const int NameWidth = 20, UnitWidth = 8, NumberWidth = 14;

    private readonly List<Measure> _measures = [];

    private IEnumerable<Engine> Others => engines.Where(static engine => !engine.IsNative);

    private Engine Counting => engines.First(static engine => engine.CountOptions.Length != 0);

    /// <summary>Adds lines.</summary>
    public void Add(IEnumerable<Measure> measures) => _measures.AddRange(measures);

    /// <summary>Prints two tables: programs that compute, with instructions a second, and operations of the kernel, with operations a second.</summary>
    public void Print(TextWriter output)
    {
        Measure[] computing = [.. _measures.Where(static measure => measure.Computes)];
        Print(output, computing, "Minstr/s", InstructionRate);
        if (computing.Length > 1)
            PrintMeans(output, computing);
        if (computing.Length != 0)
            output.WriteLine();
        Print(output, [.. _measures.Where(static measure => !measure.Computes)], "ops/s", OperationRate);
    }

    private void Print(TextWriter output, Measure[] measures, string rateName, Func<Measure, double> rate)
    {
        if (measures.Length == 0)
            return;
        Line(output, "name", "unit", [.. engines.Select(static engine => engine.Name + " ns"), $"emu {rateName}", .. Others.Select(static engine => engine.Name + "/native")]);
        foreach (Measure measure in measures)
        {
            IEnumerable<string> times = engines.Select(engine => Text(measure.Of(engine)?.Each, 0));
            Line(output, measure.Name, measure.Unit, [.. times, Text(rate(measure), 0), .. Others.Select(engine => Text(Ratio(measure, engine), 2))]);
        }
    }

    private void PrintMeans(TextWriter output, Measure[] measures)
    {
        IEnumerable<string> ratios = Others.Select(engine => Text(GeometricMean(measures.Select(measure => Ratio(measure, engine) ?? double.NaN)), 2));
        Line(output, "geometric mean", "", [.. engines.Select(static _ => ""), Text(GeometricMean(measures.Select(InstructionRate)), 0), .. ratios]);
    }

    private double InstructionRate(Measure measure) => measure.Of(Counting) is { } sample
        ? sample.Instructions / sample.Nanoseconds * NanosecondsPerSecond / Millions
        : double.NaN;

    private double OperationRate(Measure measure) => measure.Of(Counting) is { } sample ? NanosecondsPerSecond / sample.Each : double.NaN;

    private double? Ratio(Measure measure, Engine engine) => measure.Of(engine)?.Each / measure.Of(engines[0])?.Each;

    private static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));

    private static string Text(double? value, int digits) =>
        value is { } number && double.IsFinite(number) ? number.ToString($"F{digits}", CultureInfo.InvariantCulture) : "-";

    private static void Line(TextWriter output, string name, string unit, IEnumerable<string> numbers) =>
        output.WriteLine(name.PadRight(NameWidth) + unit.PadRight(UnitWidth) + string.Concat(numbers.Select(static number => number.PadLeft(NumberWidth))));
}
