using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Calls of the host that may take for ever and cannot be polled for: made by a thread of their own, so that the task can wait as always.</summary>
internal static class HostBlockingCall
{
    /// <summary>Opens anew what a descriptor names, as an open of a FIFO that waits for the other end.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="handle">A descriptor; it stays open meanwhile.</param>
    /// <param name="flags">How.</param>
    /// <returns>A descriptor, -ERESTARTSYS, or another negative errno.</returns>
    public static int OpenAgain(Task task, int handle, int flags) => Run(task, () =>
    {
        Span<byte> path = stackalloc byte[32];
        int length = HostFile.FormatProcPath(handle, path);
        return HostFile.OpenAtInterruptible(HostAtFlags.CurrentDirectory, path[..length], flags | HostOpenFlags.CloseOnExec);
    });

    private static int Run(Task task, Func<int> call)
    {
        int error = HostWaker.Create(out HostWaker? waker);
        if (error != 0)
            return error;
        Worker worker = new(call, waker!);
        worker.Start();
        error = HostWait.For(task, waker!.Fd, PollEvents.In);
        int result = worker.Finish();
        waker.Dispose();
        if (error == 0 || result >= 0)
            return result;
        return result == -Errno.EINTR ? error : result;
    }

    private sealed class Worker(Func<int> call, HostWaker waker)
    {
        private readonly ManualResetEventSlim _ready = new();
        private HostInterruptTarget? _target;
        private Thread? _thread;
        private int _result;

        public void Start()
        {
            _thread = new Thread(Body) { IsBackground = true };
            _thread.Start();
            _ready.Wait();
        }

        // Ends the call if it has not ended yet, and tells what came of it.
        public int Finish()
        {
            while (!_thread!.Join(0))
            {
                _ = _target!.Interrupt(); // where it could not, the next round tries again
                if (_thread.Join(10))
                    break;
            }
            _ready.Dispose();
            return _result;
        }

        private void Body()
        {
            using HostInterruptTarget target = new();
            _target = target;
            _ready.Set();
            _result = -Errno.EINTR;
            while (_result == -Errno.EINTR && target.TryEnter())
            {
                _result = call();
                target.Leave();
            }
            _ = waker.Signal(); // the descriptor is open until this thread has ended
        }
    }
}
