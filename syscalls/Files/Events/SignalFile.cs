using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Signals that are read. Linux: fs/signalfd.c, signalfd(2).</summary>
/// <remarks>Whoever reads gets the signals that are pending for it, not for whoever made the file.</remarks>
internal sealed class SignalFile : OpenFile
{
    /// <summary>A file for signals.</summary>
    public SignalFile(Inode inode, OpenFlags flags, ulong signals)
        : base(inode, flags | OpenFlags.ReadWrite) => Signals = signals;

    /// <summary>Which signals it is for.</summary>
    public ulong Signals { get; set; }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    // Linux: struct signalfd_siginfo
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Entry
    {
        public int Signo, Errno, Code, Pid;
        public uint Uid;
        public int Fd, TimerId;
        public uint Band;
        public int Overrun, Trap, Status, Value;
        public ulong Pointer, UserTime, SystemTime, Address;
    }

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        int size = Marshal.SizeOf<Entry>();
        if (to.Count < size)
            return -Errno.EINVAL;
        long done = 0;
        while (to.Count >= size)
        {
            int signal = Take(iocb.Task, wait: done == 0 && !iocb.IsNonBlocking, out SigInfo info);
            if (signal <= 0)
                return done != 0 ? done : signal;
            Entry entry = Convert(info);
            if (to.CopyTo(MemoryMarshal.AsBytes(new ReadOnlySpan<Entry>(ref entry))) != size)
                return done != 0 ? done : -Errno.EFAULT;
            done += size;
        }
        return done;
    }

    /// <inheritdoc/>
    /// <remarks>It has no position, and says nothing. Linux: <c>noop_llseek</c>.</remarks>
    public override long Seek(Task task, long offset, int whence) => 0;

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(task.Group.Actions.SignalFdWaiters);
        return IsPending(task) ? PollEvents.In : PollEvents.None;
    }

    /// <inheritdoc/>
    public override void ShowInfo(ProcWriter writer) => writer.Append("sigmask:\t"u8).PaddedHex(Signals, 16).Append("\n"u8);

    private bool IsPending(Task task) => ((task.Pending.Set | task.Group.SharedPending.Set) & Signals) != 0;

    // Linux: signalfd_dequeue
    private int Take(Task task, bool wait, out SigInfo info)
    {
        while (true)
        {
            int signal = SignalQueueing.Dequeue(task, ~Signals, out info);
            if (signal != 0)
                return signal;
            if (!wait)
                return -Errno.EAGAIN;
            int error = task.Group.Actions.SignalFdWaiters.Wait(task, (File: this, task), static state => state.File.IsPending(state.task));
            if (error != 0)
                return error;
        }
    }

    // Which of the overlapping fields count. Linux: siginfo_layout, signalfd_copyinfo
    private static Entry Convert(in SigInfo info)
    {
        Entry entry = new() { Signo = info.Signo, Errno = info.Errno, Code = info.Code };
        bool isKernels = info.Code is > SigCode.User and < SigCode.Kernel;
        if (isKernels && Signal.Has(Signal.SynchronousMask, info.Signo))
        {
            entry.Address = info.Address;
        }
        else if (info.Code == SigCode.SigIo || (isKernels && info.Signo == Signal.SIGIO))
        {
            entry.Band = (uint)info.Band;
            entry.Fd = info.Fd;
        }
        else if (info.Code == SigCode.Timer)
        {
            (entry.TimerId, entry.Overrun, entry.Pointer, entry.Value) = (info.TimerId, info.Overrun, info.Value, (int)info.Value);
        }
        else
        {
            (entry.Pid, entry.Uid) = (info.Pid, info.Uid);
            if (isKernels && info.Signo == Signal.SIGCHLD)
                (entry.Status, entry.UserTime, entry.SystemTime) = (info.Status, (ulong)info.UserTime, (ulong)info.SystemTime);
            else if (info.Code < 0)
                (entry.Pointer, entry.Value) = (info.Value, (int)info.Value);
        }
        return entry;
    }
}
