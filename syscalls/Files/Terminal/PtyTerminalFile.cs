using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The terminal of a pseudo-terminal, open. Linux: <c>pty_unix98_ops</c>, drivers/tty/n_tty.c (<c>n_tty_read</c>, <c>n_tty_write</c>).</summary>
internal sealed class PtyTerminalFile : OpenFile
{
    private const ulong Tenth = Clock.Second / 10;
    private const int Widest = 8; // a tab that is expanded

    private readonly int _hangUps;

    private PtyTerminalFile(Inode inode, PseudoTerminal pair, OpenFlags flags)
        : base(inode, flags)
    {
        Pair = pair;
        _hangUps = pair.HangUps;
        pair.Open();
    }

    /// <summary>The pair.</summary>
    public PseudoTerminal Pair { get; }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <summary>Opens the terminal of a pair; a session's leader without a terminal gets it. Linux: <c>tty_open</c>.</summary>
    /// <returns>0, or -EIO while it is locked or when its master is gone.</returns>
    public static int Open(Inode inode, PseudoTerminal pair, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        if (pair.IsLocked || pair.IsMasterClosed)
            return -Errno.EIO;
        file = new PtyTerminalFile(inode, pair, request.Flags);
        pair.Tty.Opened(request.Task, request.Flags);
        return 0;
    }

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (IsHungUp || to.Count == 0)
            return 0;
        int error = Pair.Tty.CheckChange(iocb.Task, Signal.SIGTTIN);
        if (error != 0)
            return error;
        return Pair.Termios.Local(Termios.ICanon) ? ReadLine(ref iocb, ref to) : ReadBytes(ref iocb, ref to);
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        int error = Pair.Termios.Local(Termios.ToStop) && !IsHungUp ? Pair.Tty.CheckChange(iocb.Task, Signal.SIGTTOU) : 0;
        long done = 0;
        while (error == 0 && from.Count != 0)
        {
            Span<byte> buffer = iocb.Task.TransferBuffer;
            int part = (int)Math.Min(from.Count, Math.Min(buffer.Length, (Pair.OutputRoom + Widest - 1) / Widest));
            if (IsHungUp)
                error = -Errno.EIO;
            else if (part == 0)
                error = iocb.IsNonBlocking ? -Errno.EAGAIN : Pair.TerminalWait.Wait(iocb.Task, this, static file => file.Pair.OutputRoom != 0 || file.IsHungUp);
            else if ((part = from.CopyFrom(buffer[..part])) == 0)
                error = -Errno.EFAULT;
            else
                done += Pair.Write(buffer[..part]);
        }
        return done != 0 ? done : error;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(Pair.TerminalWait);
        if (IsHungUp)
            return PollEvents.Readable | PollEvents.Writable | PollEvents.Error | PollEvents.HangUp;
        PollEvents events = Pair.HasInput(Wanted) ? PollEvents.Readable : PollEvents.None;
        return Pair.OutputRoom != 0 ? events | PollEvents.Writable : events;
    }

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument) =>
        IsHungUp
            ? command == IoctlCommands.TiocSpgrp ? -Errno.ENOTTY : -Errno.EIO
            : PtyIoctl.Common(task, Pair, command, argument, isMaster: false);

    /// <inheritdoc/>
    protected override void Release() => Pair.Close();

    private bool IsHungUp => _hangUps != Pair.HangUps;

    private int Wanted => Pair.Termios[Termios.Time] == 0 ? Math.Max((int)Pair.Termios[Termios.Min], 1) : 1;

    private long ReadLine(ref Kiocb iocb, ref IovIter to)
    {
        if (!Pair.HasInput(1))
        {
            if (iocb.IsNonBlocking)
                return -Errno.EAGAIN;
            int error = Pair.TerminalWait.Wait(iocb.Task, this, static file => file.Pair.HasInput(1) || file.IsHungUp);
            if (error != 0)
                return error;
        }
        return IsHungUp ? 0 : Take(ref iocb, ref to);
    }

    // At least VMIN bytes, or what came until VTIME tenths of a second passed.
    private long ReadBytes(ref Kiocb iocb, ref IovIter to)
    {
        int minimum = Pair.Termios[Termios.Min];
        ulong time = Pair.Termios[Termios.Time] * Tenth;
        long done = 0;
        while (true)
        {
            if (Pair.HasInput(1))
            {
                long part = Take(ref iocb, ref to);
                if (part < 0)
                    return done != 0 ? done : part;
                done += part;
            }
            if (to.Count == 0 || IsHungUp || (done != 0 && done >= minimum) || (minimum == 0 && time == 0))
                return done;
            if (iocb.IsNonBlocking)
                return done != 0 ? done : -Errno.EAGAIN;
            bool isTimed = time != 0 && (minimum == 0 || done != 0);
            ulong deadline = isTimed ? iocb.Task.Kernel.Clock.Monotonic + time : Scheduler.Never;
            int error = Pair.TerminalWait.Wait(iocb.Task, this, static file => file.Pair.HasInput(1) || file.IsHungUp, deadline);
            if (error != 0)
                return done != 0 || error == -Errno.ETIME ? done : error;
        }
    }

    private long Take(ref Kiocb iocb, ref IovIter to)
    {
        Span<byte> buffer = iocb.Task.TransferBuffer;
        int length = Pair.Read(buffer[..(int)Math.Min(to.Count, buffer.Length)]);
        return to.CopyTo(buffer[..length]) == length ? length : -Errno.EFAULT;
    }
}
