namespace Emu.Mm;

/// <summary>Which virtual CPU the calling host thread holds. Linux: <c>smp_processor_id</c>.</summary>
public static class Smp
{
    [ThreadStatic] private static int _processorId;

    /// <summary>Number of the CPU, 0 for a thread that holds none. Set by whoever grants the CPU to the thread.</summary>
    public static int ProcessorId
    {
        get => _processorId;
        set => _processorId = value;
    }
}
