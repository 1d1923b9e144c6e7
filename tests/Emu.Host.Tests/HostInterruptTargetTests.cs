using System.Globalization;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostInterruptTargetTests : TestBase
{
    /// <summary>A thread that makes one host call within a target.</summary>
    private sealed class Caller
    {
        private readonly Thread _thread;
        private readonly ManualResetEventSlim _ready = new();
        private int _threadId;
        private long _result;

        public Caller(Func<long> call)
        {
            _thread = new Thread(() => Run(call));
            _thread.Start();
            _ready.Wait();
        }

        public HostInterruptTarget Target { get; private set; } = null!;

        private void Run(Func<long> call)
        {
            using HostInterruptTarget target = new();
            Target = target;
            _threadId = HostProcess.GetThreadId();
            bool entered = target.TryEnter();
            _ready.Set();
            _result = entered ? call() : -HostErrno.ECANCELED;
            target.Leave();
        }

        /// <summary>Waits until the host has put the thread to sleep: it is in its call.</summary>
        public Caller WaitAsleep()
        {
            while (State() != 'S')
                Thread.Sleep(1);
            return this;
        }

        private char State()
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{_threadId}/stat"));
            return stat[stat.LastIndexOf(')') + 2];
        }

        public long Join()
        {
            _thread.Join();
            return _result;
        }
    }

    private static void AssertInterrupted(Func<long> call)
    {
        Caller caller = new Caller(call).WaitAsleep();
        while (!caller.Target.Interrupt())
        {
        }
        Assert.Equal(-HostErrno.EINTR, caller.Join());
        Assert.True(caller.Target.IsRequested);
    }

    [Fact]
    public void Interrupt_EndsReads()
    {
        (int read, _) = OpenPipe();
        byte[] buffer = new byte[8];
        AssertInterrupted(() => HostFile.ReadInterruptible(read, buffer));
        AssertInterrupted(() => HostFile.ReadVInterruptible(read, buffer, default));
        (_, int terminal) = OpenTerminal();
        AssertInterrupted(() => HostFile.ReadInterruptible(terminal, buffer));
    }

    [Fact]
    public void Interrupt_EndsWrites()
    {
        (_, int write) = OpenPipe(HostOpenFlags.NonBlock);
        byte[] page = new byte[4096];
        while (HostFile.Write(write, page) > 0)
        {
        }
        HostFile.SetStatusFlags(write, 0);
        AssertInterrupted(() => HostFile.WriteInterruptible(write, page));
        AssertInterrupted(() => HostFile.WriteVInterruptible(write, page, page));
    }

    [Fact]
    public void Interrupt_EndsOpeningOfFifo()
    {
        HostDirectory.MkNodAt(Temp.Fd, "fifo"u8, HostFileType.Fifo | 0x180);
        int directory = Temp.Fd;
        AssertInterrupted(() => HostFile.OpenAtInterruptible(directory, "fifo"u8, HostOpenFlags.ReadOnly));
        AssertInterrupted(() => HostFile.OpenAt2Interruptible(directory, "fifo"u8, HostOpenFlags.WriteOnly, 0, 0));
    }

    [Fact]
    public void Interrupt_EndsWaitForLocks()
    {
        int first = OpenTemp("file"u8);
        int second = OpenTemp("file"u8, HostOpenFlags.ReadWrite);
        HostFile.Flock(first, HostFlock.Exclusive);
        HostFileLock range = new(HostLockType.Write, 0, 0);
        HostFile.SetLock(first, range);
        AssertInterrupted(() => HostFile.FlockInterruptible(second, HostFlock.Exclusive));
        AssertInterrupted(() => HostFile.SetLockWaitInterruptible(second, range));
    }

    [Fact]
    public void Interrupt_EndsPollAndSleep()
    {
        (int read, _) = OpenPipe();
        long left = HostPoll.Forever;
        AssertInterrupted(() => HostPoll.PollInterruptible([new HostPollEntry(read, HostPollEvents.In)], ref left));
        long hour = 3_600_000_000_000;
        AssertInterrupted(() => HostPoll.PollInterruptible([], ref hour));
        Assert.InRange(hour, 1, 3_600_000_000_000 - 1);
        AssertInterrupted(() => HostClock.SleepUntilInterruptible(HostClockId.Monotonic, long.MaxValue));
    }

    [Fact]
    public void Interrupt_EndsSocketCalls()
    {
        Assert.Equal(0, HostSocket.SocketPair(1, 1, 0, out int first, out int second));
        Keep(first);
        Keep(second);
        byte[] buffer = new byte[4096];
        AssertInterrupted(() => HostSocket.ReceiveFromInterruptible(first, buffer, 0, default, out _));
        AssertInterrupted(() => HostSocket.ReceiveMessageInterruptible(first, buffer, default, default, 0, out _));
        const int DontWait = 0x40;
        while (HostSocket.SendTo(first, buffer, DontWait) > 0)
        {
        }
        AssertInterrupted(() => HostSocket.SendToInterruptible(first, buffer, 0));
        AssertInterrupted(() => HostSocket.SendMessageInterruptible(first, buffer, default, default, 0));
    }

    [Fact]
    public void Interrupt_EndsAcceptAndConnect()
    {
        byte[] address = [1, 0, 0, .. "emu-host-tests"u8, .. BitConverter.GetBytes(HostProcess.GetPid())];
        int listener = Keep(HostSocket.Socket(1, 1, 0));
        Assert.Equal(0, HostSocket.Bind(listener, address));
        Assert.Equal(0, HostSocket.Listen(listener, 0));
        AssertInterrupted(() => HostSocket.Accept4Interruptible(listener, default, out _, 0));
        Assert.Equal(0, HostSocket.Connect(Keep(HostSocket.Socket(1, 1, 0)), address));
        int waiting = Keep(HostSocket.Socket(1, 1, 0));
        AssertInterrupted(() => HostSocket.ConnectInterruptible(waiting, address));
    }

    [Fact]
    public void TryEnter_IsFalse_FromInterruptToClear()
    {
        HostInterruptTarget target = new();
        using (target)
        {
            Assert.False(target.IsRequested);
            Assert.True(target.Interrupt());
            Assert.True(target.IsRequested);
            Assert.False(target.TryEnter());
            Assert.False(target.TryEnter());
            target.Clear();
            Assert.False(target.IsRequested);
            Assert.True(target.TryEnter());
            target.Leave();
        }
        Assert.True(target.Interrupt());
    }

    [Fact]
    public void CallsWithoutTheSuffix_OutlastSignals()
    {
        (int read, int write) = OpenPipe();
        byte[] buffer = new byte[8];
        Caller caller = new Caller(() => HostFile.Read(read, buffer)).WaitAsleep();
        Assert.False(caller.Target.Interrupt());
        HostFile.Write(write, "abc"u8);
        Assert.Equal(3, caller.Join());
        Caller poller = new Caller(() => HostPoll.Poll(read, HostPollEvents.In, HostPoll.Forever)).WaitAsleep();
        Assert.False(poller.Target.Interrupt());
        HostFile.Write(write, "x"u8);
        Assert.Equal(HostPollEvents.In, poller.Join());
    }

    [Fact]
    public void Interrupt_IsNeverLost_HoweverItFalls() => InterruptOften(3000);

    private void InterruptOften(int rounds)
    {
        (int read, _) = OpenPipe();
        HostInterruptTarget? target = null;
        int interrupted = 0;
        using ManualResetEventSlim ready = new();
        Thread owner = new(() =>
        {
            target = new HostInterruptTarget();
            ready.Set();
            byte[] buffer = new byte[1];
            while (Volatile.Read(ref interrupted) < rounds)
                CallOnce(target, read, buffer, ref interrupted);
            target.Dispose();
        });
        owner.Start();
        ready.Wait();
        Random random = new(1);
        for (int i = 0; i < rounds; i++)
        {
            Thread.SpinWait(random.Next(2000));
            target!.Interrupt();
            while (Volatile.Read(ref interrupted) <= i)
                Thread.Yield();
        }
        owner.Join();
    }

    private static void CallOnce(HostInterruptTarget target, int fd, byte[] buffer, ref int interrupted)
    {
        if (target.TryEnter())
        {
            Assert.Equal(-HostErrno.EINTR, HostFile.ReadInterruptible(fd, buffer));
            target.Leave();
        }
        if (!target.IsRequested)
            return;
        target.Clear();
        Interlocked.Increment(ref interrupted);
    }

    [Fact]
    public void Interrupt_LeavesRuntimeAlone_WhileItCollects()
    {
        using CancellationTokenSource stop = new();
        Thread collector = new(() =>
        {
            while (!stop.IsCancellationRequested)
                GC.Collect();
        });
        collector.Start();
        InterruptOften(200);
        stop.Cancel();
        collector.Join();
    }
}
