namespace Emu.Benchmarks;

/// <summary>One line of one run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">What an operation is; <c>run</c> for programs that only compute.</param>
/// <param name="Operations">How many there were.</param>
/// <param name="Nanoseconds">How long they took by the guest's clock, or from start to exit by ours.</param>
/// <param name="Instructions">What the guest executed in the whole run, 0 if the engine does not count.</param>
internal sealed record Sample(string Name, string Unit, long Operations, double Nanoseconds, long Instructions)
{
    /// <summary>Nanoseconds an operation.</summary>
    public double Each => Nanoseconds / Operations;
}

/// <summary>The best sample of each engine.</summary>
/// <param name="name">What was measured.</param>
/// <param name="unit">What an operation is.</param>
internal sealed class Measure(string name, string unit)
{
    private readonly Dictionary<Engine, Sample> _best = [];

    /// <summary>What was measured.</summary>
    public string Name => name;

    /// <summary>What an operation is.</summary>
    public string Unit => unit;

    /// <summary>Whether the program only computes, so that its instructions a second mean something.</summary>
    public bool Computes => unit == "run";

    /// <summary>Keeps a sample if it is the engine's best.</summary>
    public void Keep(Engine engine, Sample sample)
    {
        if (!_best.TryGetValue(engine, out Sample? best) || sample.Each < best.Each)
            _best[engine] = sample;
    }

    /// <summary>The engine's best sample, or null if it has none.</summary>
    public Sample? Of(Engine engine) => _best.GetValueOrDefault(engine);
}
