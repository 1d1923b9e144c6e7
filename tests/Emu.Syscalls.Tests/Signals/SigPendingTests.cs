namespace Emu.Syscalls.Tests;

public sealed class SigPendingTests
{
    [Fact]
    public void Dequeue_KeepsTheOrder_WhenARealTimeSignalIsQueuedTwice()
    {
        SigPending pending = new();
        pending.Enqueue(Entry(40, 1));
        pending.Enqueue(Entry(35, 2));
        pending.Enqueue(Entry(40, 3));
        Assert.Equal(1ul, pending.Dequeue(40)!.Info.Value);
        Assert.True(Signal.Has(pending.Set, 40));
        Assert.Equal(3ul, pending.Dequeue(40)!.Info.Value);
        Assert.False(Signal.Has(pending.Set, 40));
        Assert.Equal(2ul, pending.Dequeue(35)!.Info.Value);
        Assert.Equal(0ul, pending.Set);
    }

    [Fact]
    public void Dequeue_ClearsTheSet_WhenASignalHasNoEntry()
    {
        SigPending pending = new() { Set = Signal.Bit(Signal.SIGKILL) };
        Assert.Null(pending.Dequeue(Signal.SIGKILL));
        Assert.Equal(0ul, pending.Set);
    }

    [Fact]
    public void Flush_GivesBackWhatIsCounted_WhenEntriesGo()
    {
        UserAccount account = new() { PendingSignals = 2 };
        SigPending pending = new();
        pending.Enqueue(new SigQueue { Info = new SigInfo { Signo = 10 }, Account = account });
        pending.Enqueue(new SigQueue { Info = new SigInfo { Signo = 12 }, Account = account });
        pending.Flush(Signal.Bit(10));
        Assert.Equal(1, account.PendingSignals);
        Assert.Equal(Signal.Bit(12), pending.Set);
        pending.Flush(ulong.MaxValue);
        Assert.Equal(0, account.PendingSignals);
    }

    [Fact]
    public void FindSynchronous_PassesOverWhatUsersSent_WhenTheKernelRaisedOneToo()
    {
        SigPending pending = new();
        pending.Enqueue(new SigQueue { Info = new SigInfo { Signo = Signal.SIGSEGV, Code = SigCode.User } });
        SigQueue fault = new() { Info = SigInfo.ForFault(Signal.SIGSEGV, 1, 0x1234) };
        pending.Enqueue(fault);
        Assert.Same(fault, pending.FindSynchronous(Signal.SynchronousMask));
        pending.Remove(fault);
        Assert.True(Signal.Has(pending.Set, Signal.SIGSEGV));
        Assert.Null(pending.FindSynchronous(Signal.SynchronousMask));
    }

    private static SigQueue Entry(int signal, ulong value) => new() { Info = new SigInfo { Signo = signal, Value = value } };
}
