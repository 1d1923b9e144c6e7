using System.Runtime.CompilerServices;

namespace Emu.Syscalls;

/// <summary>An entry of a queue of signals. Linux: <c>struct sigqueue</c>.</summary>
public sealed class SigQueue
{
    internal SigQueue? Next;

    /// <summary>What comes with the signal.</summary>
    internal SigInfo Info;

    /// <summary>Whose limit it counts against.</summary>
    internal UserAccount? Account;

    /// <summary>The POSIX timer it belongs to, or null. Linux: <c>SIGQUEUE_PREALLOC</c>.</summary>
    internal PosixTimer? Timer;

    /// <summary>Whether it stands in a queue.</summary>
    internal bool IsQueued;
}

/// <summary>Signals that wait for delivery, to a thread or to a process. Linux: <c>struct sigpending</c>.</summary>
/// <remarks>A signal may be in <see cref="Set"/> without an entry: then nothing is known of it but its number.</remarks>
public sealed class SigPending
{
    private SigQueue? _first, _last;

    /// <summary>Which signals wait.</summary>
    public ulong Set { get; internal set; }

    /// <summary>Puts an entry at the end.</summary>
    internal void Enqueue(SigQueue entry)
    {
        entry.Next = null;
        entry.IsQueued = true;
        if (_last == null)
            _first = entry;
        else
            _last.Next = entry;
        _last = entry;
        Set |= Signal.Bit(entry.Info.Signo);
    }

    /// <summary>Takes the first entry of a signal. Linux: <c>collect_signal</c>.</summary>
    /// <returns>Null if there is none.</returns>
    internal SigQueue? Dequeue(int signal)
    {
        SigQueue? previous = null, entry = _first;
        for (; entry != null && entry.Info.Signo != signal; entry = entry.Next)
            previous = entry;
        bool more = false;
        for (SigQueue? later = entry?.Next; later != null && !more; later = later.Next)
            more = later.Info.Signo == signal;
        if (!more)
            Set &= ~Signal.Bit(signal);
        if (entry != null)
            Unlink(previous, entry);
        return entry;
    }

    /// <summary>Takes out the first entry of a synchronous signal that is in a set and was raised by the kernel.</summary>
    /// <returns>Null if there is none.</returns>
    internal SigQueue? FindSynchronous(ulong wanted)
    {
        for (SigQueue? entry = _first; entry != null; entry = entry.Next)
        {
            if (Signal.Has(wanted, entry.Info.Signo) && entry.Info.Code > SigCode.User)
                return entry;
        }
        return null;
    }

    /// <summary>Takes an entry out, wherever it stands.</summary>
    internal void Remove(SigQueue wanted)
    {
        SigQueue? previous = null;
        for (SigQueue? entry = _first; entry != null; previous = entry, entry = entry.Next)
        {
            if (!ReferenceEquals(entry, wanted))
                continue;
            Unlink(previous, entry);
            break;
        }
        int signal = wanted.Info.Signo;
        for (SigQueue? entry = _first; entry != null; entry = entry.Next)
        {
            if (entry.Info.Signo == signal)
                return;
        }
        Set &= ~Signal.Bit(signal);
    }

    /// <summary>Drops every signal of a set. Linux: <c>flush_sigqueue_mask</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Flush(ulong mask)
    {
        if ((Set & mask) != 0)
            FlushEntries(mask);
    }

    private void FlushEntries(ulong mask)
    {
        Set &= ~mask;
        SigQueue? previous = null;
        for (SigQueue? entry = _first; entry != null;)
        {
            SigQueue? next = entry.Next;
            if (Signal.Has(mask, entry.Info.Signo))
            {
                Unlink(previous, entry);
                entry.Account?.ReleaseSignal();
                entry.Account = null;
            }
            else
            {
                previous = entry;
            }
            entry = next;
        }
    }

    private void Unlink(SigQueue? previous, SigQueue entry)
    {
        if (previous == null)
            _first = entry.Next;
        else
            previous.Next = entry.Next;
        if (ReferenceEquals(_last, entry))
            _last = previous;
        entry.Next = null;
        entry.IsQueued = false;
    }
}
