using Emu.Mm;

namespace Emu.Cli;

/// <summary>Passes events of mm on to several.</summary>
internal sealed class EventFanOut(IMmEvents[] listeners) : IMmEvents
{
    /// <summary>One that hears for all of those given; null for none.</summary>
    public static IMmEvents? Of(List<IMmEvents> listeners) => listeners.Count switch
    {
        0 => null,
        1 => listeners[0],
        _ => new EventFanOut([.. listeners]),
    };

    /// <inheritdoc/>
    public void OnFault(in FaultEvent fault)
    {
        foreach (IMmEvents listener in listeners)
            listener.OnFault(fault);
    }
}
