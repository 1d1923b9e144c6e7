using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>
/// Lets other threads get one thread out of a host call that waits (one whose name ends in <c>Interruptible</c>).
/// </summary>
/// <remarks>
/// <para>
/// There are two ways out of a wait. What can be polled waits in <see cref="HostPoll"/> with a <see cref="HostWaker"/>
/// among the entries: no signal, no race, to be preferred. What cannot (opening a FIFO, locks, connecting, a read that
/// takes the byte itself) waits in the call, and only a signal ends that; this class sends it.
/// </para>
/// <para>
/// The signal is a real-time one whose action is the default when the first is sent, found from 60 downward: far from
/// those of libc (32, 33) and of the runtime (34, sent to threads it wants to suspend). It is caught, from then on,
/// without SA_RESTART, so that calls end with <c>EINTR</c>, by a handler that is libc's <c>abs</c>: a pure function of an
/// <c>int</c>. Managed code cannot be a handler, for the signal may find the thread amid managed code, where the
/// runtime takes no call from outside. The runtime's own waits bear an interruption, and none is sent while the thread
/// is outside <see cref="TryEnter"/> and <see cref="Leave"/> unless it leaves at that moment.
/// </para>
/// <para>
/// A signal that arrives after <see cref="TryEnter"/> but before the host call has begun would be lost. Therefore
/// <see cref="Interrupt"/> repeats it until the thread has left.
/// </para>
/// <code>
/// if (!target.TryEnter()) return -EINTR;
/// long n = HostFile.ReadInterruptible(fd, buffer);
/// target.Leave();
/// </code>
/// </remarks>
public sealed class HostInterruptTarget : IDisposable
{
    private const int HighestSignal = 60;
    private const int LowestSignal = 36;
    private const int SaOnStack = 0x08000000;
    private const long FirstPause = 20_000;
    private const long LongestPause = 5_000_000;
    private const int Attempts = 200;

    private static int _signal; // 0 until it is caught

    private readonly Lock _gate = new();
    private readonly int _process = Native.getpid();
    private readonly int _thread = HostProcess.GetThreadId();
    private bool _disposed;
    private int _requested;
    private int _crossings; // of TryEnter and Leave: odd inside

    /// <summary>
    /// A target for the calling thread, which alone may call <see cref="TryEnter"/>, <see cref="Leave"/> and
    /// <see cref="Dispose"/>, and must dispose of it before it ends.
    /// </summary>
    public HostInterruptTarget()
    {
        // The mask is inherited from whoever started the process. Which signal it will be, the first sender decides.
        ulong candidates = (1UL << HighestSignal) - (1UL << (LowestSignal - 1));
        Native.UnblockSignals(candidates);
    }

    /// <summary>True from <see cref="Interrupt"/> to <see cref="Clear"/>.</summary>
    public bool IsRequested => Volatile.Read(ref _requested) != 0;

    /// <summary>
    /// Must precede an interruptible call: false when an interruption was requested, then the call must not be made.
    /// After true, <see cref="Leave"/> must follow the call.
    /// </summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _crossings); // before the request is read, as Interrupt writes it before it reads this
        if (!IsRequested)
            return true;
        Leave();
        return false;
    }

    /// <summary>
    /// Must follow the call. A signal sent at this moment may still arrive and end a later interruptible call without a
    /// request: <c>-EINTR</c> without <see cref="IsRequested"/> means to call again.
    /// </summary>
    public void Leave() => Interlocked.Increment(ref _crossings);

    /// <summary>Forgets the request. By the owner, before it looks at what it was interrupted for.</summary>
    public void Clear() => Interlocked.Exchange(ref _requested, 0);

    /// <summary>
    /// Requests an interruption, by any thread: a call that waits now ends with <c>-EINTR</c> (unless it ends by itself),
    /// and until <see cref="Clear"/> no other begins.
    /// </summary>
    /// <returns>
    /// True when the thread was outside or has left its call. False when it is still inside after a second of trying,
    /// which means a wait that the host does not interrupt (storage that does not answer), or when all signals are taken.
    /// The request stands.
    /// </returns>
    public bool Interrupt()
    {
        Interlocked.Exchange(ref _requested, 1);
        int crossing = Volatile.Read(ref _crossings);
        if ((crossing & 1) == 0)
            return true;
        int signal = CatchSignal();
        if (signal < 0)
            return false;
        lock (_gate)
            return _disposed || SendUntilLeft(crossing, signal);
    }

    /// <summary>Ends the sending of signals to the thread, whose number the host may give to another.</summary>
    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
    }

    private bool SendUntilLeft(int crossing, int signal)
    {
        long pause = FirstPause;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (Volatile.Read(ref _crossings) != crossing)
                return true;
            Native.Syscall(SyscallNumber.Tgkill, _process, _thread, signal);
            HostPoll.Poll([], pause);
            pause = Math.Min(pause * 2, LongestPause);
        }
        return Volatile.Read(ref _crossings) != crossing;
    }

    /// <summary>
    /// The signal of the class, caught from the first call on; a negative errno when there is none. Without a lock: threads
    /// that race find the same signal free, or already caught by the same handler.
    /// </summary>
    private static int CatchSignal()
    {
        int known = Volatile.Read(ref _signal);
        if (known != 0)
            return known;
        if (!NativeLibrary.TryLoad(Native.Libc, typeof(Native).Assembly, DllImportSearchPath.SafeDirectories, out nint libc)
            || !NativeLibrary.TryGetExport(libc, "abs", out nint handler))
        {
            return -HostErrno.ENOSYS;
        }
        for (int signal = HighestSignal; signal >= LowestSignal; signal--)
        {
            if (!TryCatch(signal, handler))
                continue;
            Volatile.Write(ref _signal, signal);
            return signal;
        }
        return -HostErrno.EBUSY;
    }

    /// <summary>Catches a signal unless someone else does.</summary>
    private static unsafe bool TryCatch(int signal, nint handler)
    {
        NativeSigaction action = default;
        if (Native.sigaction(signal, null, &action) < 0)
            return false;
        if (action.Handler == handler)
            return true;
        if (action.Handler != 0)
            return false;
        action = new NativeSigaction { Handler = handler, Flags = SaOnStack };
        return Native.sigaction(signal, &action, null) == 0;
    }
}
