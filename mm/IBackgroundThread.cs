namespace Emu.Mm;

/// <summary>Runs work of mm in the background. Owned by mm, implemented by whoever runs tasks. Linux: the wait queues of khugepaged and ksmd.</summary>
public interface IBackgroundThread
{
    /// <summary>There is work, or it is to be done otherwise: it is to be looked at soon.</summary>
    void Wake();
}
