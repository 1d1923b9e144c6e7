using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostPollTests : TestBase
{
    private const short In = HostPollEvents.In;
    private const short Out = HostPollEvents.Out;

    [Fact]
    public void Poll_TellsReadyDescriptors()
    {
        (int read, int write) = OpenPipe();
        HostPollEntry[] entries = [new(read, In), new(write, Out), new(-1, In), new(NoFd, In)];
        Assert.Equal(2, HostPoll.Poll(entries, HostPoll.Forever));
        Assert.Equal([0, Out, 0, HostPollEvents.Invalid], entries.Select(e => e.REvents));
        HostFile.Write(write, "x"u8);
        Assert.Equal(3, HostPoll.Poll(entries, 0));
        Assert.Equal(In, entries[0].REvents);
    }

    [Fact]
    public void Poll_TellsHangUp()
    {
        (int read, int write) = OpenPipe();
        HostFile.Dup3(OpenTemp("file"u8), write, 0);
        Assert.Equal(HostPollEvents.HangUp, HostPoll.Poll(read, In, HostPoll.Forever));
    }

    [Fact]
    public void Poll_EndsWithTime()
    {
        (int read, _) = OpenPipe();
        Assert.Equal(0, HostPoll.Poll(read, In, 0));
        long start = HostClock.Monotonic();
        Assert.Equal(0, HostPoll.Poll(read, In, 2_000_000));
        Assert.True(HostClock.Monotonic() - start >= 2_000_000);
        Assert.Equal(0, HostPoll.Poll([], 1000));
    }

    [Fact]
    public void PollInterruptible_TellsTimeLeft()
    {
        (int read, int write) = OpenPipe();
        HostPollEntry[] entries = [new(read, In)];
        long left = 1000;
        Assert.Equal(0, HostPoll.PollInterruptible(entries, ref left));
        Assert.Equal(0, left);
        HostFile.Write(write, "x"u8);
        left = 3_600_000_000_000;
        Assert.Equal(1, HostPoll.PollInterruptible(entries, ref left));
        Assert.InRange(left, 1, 3_600_000_000_000);
        left = HostPoll.Forever;
        Assert.Equal(1, HostPoll.PollInterruptible(entries, ref left));
        Assert.Equal(HostPoll.Forever, left);
    }

    [Fact]
    public void EventFd_Counts()
    {
        int fd = Keep(HostPoll.EventFd(2, HostOpenFlags.NonBlock | HostOpenFlags.CloseOnExec));
        byte[] count = new byte[8];
        HostFile.Write(fd, BitConverter.GetBytes(40L));
        Assert.Equal(8, HostFile.Read(fd, count));
        Assert.Equal(42, BitConverter.ToInt64(count));
        Assert.Equal(-HostErrno.EAGAIN, HostFile.Read(fd, count));
        Assert.Equal(-HostErrno.EINVAL, HostPoll.EventFd(0, 1 << 30));
    }

    [Fact]
    public void Waker_IsReadable_FromSignalToDrain()
    {
        Assert.Equal(0, HostWaker.Create(out HostWaker? waker));
        using (waker)
        {
            Assert.False(waker!.Drain());
            Assert.Equal(0, HostPoll.Poll([waker.Entry], 0));
            Assert.Equal(0, waker.Signal());
            Assert.Equal(0, waker.Signal());
            Assert.Equal(1, HostPoll.Poll([waker.Entry], HostPoll.Forever));
            Assert.True(waker.Drain());
            Assert.False(waker.Drain());
            Assert.Equal(0, HostPoll.Poll([waker.Entry], 0));
        }
    }

    [Fact]
    public void Waker_WakesBlockedPoll_EveryTime()
    {
        HostWaker.Create(out HostWaker? waker);
        using (waker)
        using (SemaphoreSlim woken = new(0))
        {
            const int Rounds = 1000;
            Thread sleeper = new(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    HostPoll.Poll([waker!.Entry], HostPoll.Forever);
                    waker.Drain();
                    woken.Release();
                }
            });
            sleeper.Start();
            for (int i = 0; i < Rounds; i++)
            {
                waker!.Signal();
                woken.Wait();
            }
            sleeper.Join();
        }
    }

    [Fact]
    public void Waker_IsHarmless_AfterDispose()
    {
        HostWaker.Create(out HostWaker? waker);
        waker!.Dispose();
        waker.Dispose();
        Assert.Equal(-1, waker.Fd);
        Assert.Equal(-HostErrno.EBADF, waker.Signal());
        Assert.False(waker.Drain());
        Assert.Equal(0, HostPoll.Poll([waker.Entry], 0));
    }
}
