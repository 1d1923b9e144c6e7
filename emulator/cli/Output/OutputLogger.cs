using Microsoft.Extensions.Logging;

namespace Emu.Cli;

/// <summary>Messages of the machine, as lines of the tool's output.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">How a line is written there.</param>
/// <param name="verbosity">0 for warnings, 1 (-v) for information, 2 and more (-vv) for everything.</param>
internal sealed class OutputLogger(ToolOutput output, ITraceFormat format, int verbosity) : ILogger
{
    private readonly LogLevel _lowest = verbosity switch { 0 => LogLevel.Warning, 1 => LogLevel.Information, _ => LogLevel.Trace };

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _lowest && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        ByteWriter line = new();
        line.Add("emu: "u8).Add(NameOf(logLevel)).Add(": "u8).Add(formatter(state, exception));
        if (exception != null)
            line.Add(": "u8).Add(exception.Message);
        output.Line(format, "log"u8, line.Written);
    }

    private static ReadOnlySpan<byte> NameOf(LogLevel level) => level switch
    {
        LogLevel.Warning => "warning"u8,
        LogLevel.Information => "info"u8,
        LogLevel.Error or LogLevel.Critical => "error"u8,
        _ => "debug"u8,
    };
}
