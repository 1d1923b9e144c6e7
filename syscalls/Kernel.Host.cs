namespace Emu.Syscalls;

/// <content>What comes from outside the machine.</content>
public sealed partial class Kernel
{
    /// <summary>Says whether signals of the host may come: then a machine where every task waits is no deadlock.</summary>
    public void ListenToHost(bool listens) => Scheduler.Listen(listens);

    /// <summary>Sends the first process a signal that the host sent emu. In a function that was posted.</summary>
    /// <param name="signal">Which.</param>
    /// <param name="toForeground">Whether it came from the terminal, and is for the whole process group in the foreground.</param>
    public void RaiseFromHost(int signal, bool toForeground)
    {
        if (FirstProcess is not { } first)
            return;
        if (toForeground)
            SignalSender.SendToGroup(first.ProcessGroup, signal);
        else
            SignalSender.SendToProcess(first, SigInfo.ForKernel(signal));
    }
}
