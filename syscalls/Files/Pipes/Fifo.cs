using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Opens FIFOs, and pipes anew through /proc. Linux: <c>fifo_open</c> (fs/pipe.c).</summary>
internal static class Fifo
{
    /// <summary>Opens a FIFO; the first of two ends waits for the other.</summary>
    /// <param name="inode">The FIFO.</param>
    /// <param name="request">How.</param>
    /// <param name="waits">False for a pipe without a name, which never waits.</param>
    /// <param name="file">The open file.</param>
    public static int Open(Inode inode, in OpenRequest request, bool waits, out OpenFile? file)
    {
        file = null;
        bool reads = (request.Flags & OpenFlags.AccessMode) is OpenFlags.ReadOnly or OpenFlags.ReadWrite;
        bool writes = (request.Flags & OpenFlags.AccessMode) is OpenFlags.WriteOnly or OpenFlags.ReadWrite;
        bool nonBlocking = (request.Flags & OpenFlags.NonBlock) != 0;
        if (!reads && !writes)
            return -Errno.EINVAL;
        if (inode.Pipe is not { } pipe)
            inode.Pipe = pipe = new Pipe(request.Task.Kernel.Memory) { Files = 0 };
        if (waits && nonBlocking && writes && !reads && pipe.Readers == 0)
        {
            if (pipe.Files == 0)
                inode.Pipe = null;
            return -Errno.ENXIO;
        }
        pipe.Files++;
        uint before = reads && !writes && nonBlocking && pipe.Writers == 0 ? pipe.WriteCounter : 0;
        Enter(pipe, reads, writes);
        file = new PipeFile(inode, pipe, request.Flags, before);
        if (!waits || nonBlocking || reads == writes)
            return 0;
        int error = WaitForPartner(request.Task, pipe, reads);
        if (error == 0)
            return 0;
        file.Put();
        file = null;
        return error;
    }

    private static void Enter(Pipe pipe, bool reads, bool writes)
    {
        if (reads)
        {
            pipe.ReadCounter++;
            pipe.Readers++;
        }
        if (writes)
        {
            pipe.WriteCounter++;
            pipe.Writers++;
        }
        // Linux: wake_up_partner
        if ((reads && pipe.Readers == 1) || (writes && pipe.Writers == 1))
            pipe.ReadWait.Wake();
    }

    // The partner may have come and gone before this task runs again: its counter tells. Linux: wait_for_partner
    private static int WaitForPartner(Task task, Pipe pipe, bool reads)
    {
        if (reads)
        {
            uint writers = pipe.WriteCounter;
            return pipe.Writers != 0 ? 0 : pipe.ReadWait.Wait(task, (pipe, writers), static state => state.pipe.WriteCounter != state.writers);
        }
        uint readers = pipe.ReadCounter;
        return pipe.Readers != 0 ? 0 : pipe.ReadWait.Wait(task, (pipe, readers), static state => state.pipe.ReadCounter != state.readers);
    }
}
