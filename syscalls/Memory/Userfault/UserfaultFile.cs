using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The open file of a userfaultfd. Linux: fs/userfaultfd.c (<c>userfaultfd_fops</c>).</summary>
internal sealed class UserfaultFile : OpenFile, IUserfaultFile
{
    private const int MessageSize = 32;

    private readonly WaitQueue _wait = new("a message of a userfaultfd");
    private readonly OpenFlags _created;

    /// <summary>A file for a context that has none yet.</summary>
    /// <param name="inode">That of all files without a place.</param>
    /// <param name="flags">O_NONBLOCK, O_CLOEXEC: a child's file gets them too.</param>
    /// <param name="context">What is read.</param>
    public UserfaultFile(Inode inode, OpenFlags flags, UserfaultContext context)
        : base(inode, (flags & OpenFlags.NonBlock) | OpenFlags.ReadOnly)
    {
        _created = flags;
        Context = context;
        context.File = this;
    }

    /// <summary>Who waits, and what is told.</summary>
    public UserfaultContext Context { get; }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <inheritdoc/>
    public void OnMessage() => _wait.Wake(PollEvents.In);

    /// <inheritdoc/>
    /// <remarks>As many messages as fit; only the first is waited for. Linux: <c>userfaultfd_read_iter</c>.</remarks>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (!Context.IsInitialised)
            return -Errno.EINVAL;
        long done = 0;
        while (to.Count >= MessageSize)
        {
            if (!Context.HasMessages)
            {
                int error = done != 0 || iocb.IsNonBlocking ? -Errno.EAGAIN : _wait.Wait(iocb.Task, Context, static context => context.HasMessages);
                if (error != 0)
                    return done != 0 ? done : error;
            }
            int result = ReadOne(iocb.Task, ref to);
            if (result != 0)
                return done != 0 ? done : result;
            done += MessageSize;
        }
        return done != 0 ? done : -Errno.EINVAL;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(_wait);
        // A reader that may block could wait for a fault that somebody else took. Linux: userfaultfd_poll
        if (!Context.IsInitialised || (Flags & OpenFlags.NonBlock) == 0)
            return PollEvents.Error;
        return Context.HasMessages ? PollEvents.In : PollEvents.None;
    }

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument) => UserfaultIoctl.Serve(task, Context, command, argument);

    /// <inheritdoc/>
    public override void ShowInfo(ProcWriter writer)
    {
        writer.Append("pending:\t"u8).Decimal((ulong)Context.PendingFaults).Append("\ntotal:\t"u8).Decimal((ulong)Context.WaitingFaults);
        writer.Append("\nAPI:\t"u8).Hex(UserfaultIoctl.Version).Append(":"u8).Hex((ulong)Context.Features).Append(":"u8);
        writer.Hex(UserfaultIoctl.ApiIoctls | UserfaultIoctl.RangeIoctls).Append("\n"u8);
    }

    /// <inheritdoc/>
    protected override void Release() => Context.Close();

    private int ReadOne(Task task, ref IovIter to)
    {
        if (!Context.TryRead(out UserfaultMessage message, out UserfaultContext? child))
            return -Errno.EAGAIN;
        if (child != null)
        {
            int fd = InstallChild(task, child);
            if (fd < 0)
                return fd;
            message.Argument0 = (uint)fd;
        }
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<UserfaultMessage>(in message));
        return to.CopyTo(bytes) == MessageSize ? 0 : -Errno.EFAULT;
    }

    // Linux: resolve_userfault_fork
    private int InstallChild(Task task, UserfaultContext child)
    {
        UserfaultFile file = new(task.Kernel.Vfs.Anonymous.Inode, _created, child);
        return EpollCalls.InstallAnonymous(task, file, "[userfaultfd]", (_created & OpenFlags.CloseOnExec) != 0);
    }
}
