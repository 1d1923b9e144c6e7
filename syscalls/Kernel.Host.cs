namespace Emu.Syscalls;

/// <content>What comes from outside the machine.</content>
public sealed partial class Kernel
{
    /// <summary>Says whether somebody may call <see cref="Post"/> although no task waits for the host: then a machine where every task waits is no deadlock.</summary>
    public void ListenToHost(bool listens) => Scheduler.Listen(listens);

    /// <summary>
    /// Stops emu by a signal, as the shell that has started it on a terminal expects of a job, and returns when it was continued. Null where
    /// no terminal is: then the first process is stopped alone.
    /// </summary>
    public Action<int>? StopAsJob { get; set; }

    /// <summary>The first process was stopped: emu is with it, and it goes on with emu.</summary>
    internal void OnStopped(ThreadGroup process)
    {
        if (process != FirstProcess || StopAsJob is not { } stop)
            return;
        stop(process.GroupExitCode);
        Post(() => SignalSender.SendToGroup(process.ProcessGroup, Signal.SIGCONT));
    }

    /// <summary>Passes on a signal that the host sent emu. In a function that was posted.</summary>
    /// <param name="signal">Which.</param>
    /// <param name="toForeground">
    /// Whether it came from the terminal, and is for the process group in its foreground: the first process's, if the guest has no such. Else
    /// it is for the first process.
    /// </param>
    public void RaiseFromHost(int signal, bool toForeground)
    {
        if (FirstProcess is not { } first)
            return;
        if (toForeground)
            SignalSender.SendToGroup(Vfs.HostTty.ForegroundGroup ?? first.ProcessGroup, signal);
        else
            SignalSender.SendToProcess(first, SigInfo.ForKernel(signal));
    }
}
