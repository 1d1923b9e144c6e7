using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A page of a pipe, or a part of one. Linux: <c>struct pipe_buffer</c>.</summary>
internal struct PipeBuffer
{
    /// <summary>The frame; a reference is held.</summary>
    public uint Pfn;

    /// <summary>Where the data begins.</summary>
    public int Offset;

    /// <summary>Bytes.</summary>
    public int Length;

    /// <summary>Whether more may be put behind it. Linux: <c>PIPE_BUF_FLAG_CAN_MERGE</c>.</summary>
    public bool CanMerge;

    /// <summary>Whether it is read as a whole. Linux: <c>PIPE_BUF_FLAG_PACKET</c>.</summary>
    public bool IsPacket;
}

/// <summary>A ring of pages between writers and readers. Linux: <c>struct pipe_inode_info</c>, fs/pipe.c.</summary>
internal sealed class Pipe
{
    /// <summary>Pages of a new pipe. Linux: <c>PIPE_DEF_BUFFERS</c>.</summary>
    public const int DefaultSlots = 16;

    private readonly MemoryManager _memory;
    private PipeBuffer[] _ring = new PipeBuffer[DefaultSlots];
    private uint _head, _tail;

    /// <summary>An empty pipe.</summary>
    public Pipe(MemoryManager memory) => _memory = memory;

    /// <summary>Who waits for data. Linux: <c>rd_wait</c>.</summary>
    public WaitQueue ReadWait { get; } = new();

    /// <summary>Who waits for room. Linux: <c>wr_wait</c>.</summary>
    public WaitQueue WriteWait { get; } = new();

    /// <summary>Open files that read.</summary>
    public int Readers { get; set; }

    /// <summary>Open files that write.</summary>
    public int Writers { get; set; }

    /// <summary>Open files.</summary>
    public int Files { get; set; } = 2;

    /// <summary>Counts openings to read, so that a writer knows of one that has gone again. Linux: <c>r_counter</c>.</summary>
    public uint ReadCounter { get; set; } = 1;

    /// <summary>Counts openings to write. Linux: <c>w_counter</c>.</summary>
    public uint WriteCounter { get; set; } = 1;

    /// <summary>Pages that fit. Linux: <c>max_usage</c>.</summary>
    public int Slots => _ring.Length;

    /// <summary>Pages that are in it.</summary>
    public int Used => (int)(_head - _tail);

    /// <summary>Whether nothing is in it. Linux: <c>pipe_empty</c>.</summary>
    public bool IsEmpty => _head == _tail;

    /// <summary>Whether no page fits. Linux: <c>pipe_full</c>.</summary>
    public bool IsFull => Used >= _ring.Length;

    /// <summary>The oldest page.</summary>
    public ref PipeBuffer First => ref _ring[_tail & (uint)(_ring.Length - 1)];

    /// <summary>The newest page.</summary>
    public ref PipeBuffer Last => ref _ring[(_head - 1) & (uint)(_ring.Length - 1)];

    /// <summary>A page by its place from the oldest on.</summary>
    public ref PipeBuffer At(int index) => ref _ring[(_tail + (uint)index) & (uint)(_ring.Length - 1)];

    /// <summary>The bytes of a page's part.</summary>
    public Span<byte> Data(in PipeBuffer buffer) => _memory.Memory.FrameSpan(buffer.Pfn).Slice(buffer.Offset, buffer.Length);

    /// <summary>The whole frame.</summary>
    public Span<byte> Frame(uint pfn) => _memory.Memory.FrameSpan(pfn);

    /// <summary>Bytes in it. Linux: FIONREAD.</summary>
    public int Bytes
    {
        get
        {
            int bytes = 0;
            for (int i = 0; i < Used; i++)
                bytes += At(i).Length;
            return bytes;
        }
    }

    /// <summary>A frame for new data, 0 if memory is short.</summary>
    public uint AllocateFrame() => _memory.Allocator.Allocate(GfpFlags.User | GfpFlags.HighMem, 0);

    /// <summary>Puts a page in; the reference passes to the pipe. There is room.</summary>
    public void Push(PipeBuffer buffer)
    {
        Bug.On(IsFull, "a page was put into a full pipe");
        _ring[_head++ & (uint)(_ring.Length - 1)] = buffer;
    }

    /// <summary>Takes the oldest page out and lets its frame go.</summary>
    public void Pop()
    {
        FreeFrame(First.Pfn);
        First = default;
        _tail++;
    }

    /// <summary>Takes the oldest page out; its reference passes to the caller.</summary>
    public PipeBuffer Take()
    {
        PipeBuffer buffer = First;
        First = default;
        _tail++;
        return buffer;
    }

    /// <summary>One more user of a frame.</summary>
    public void GetFrame(uint pfn) => _memory.GetPage(pfn);

    /// <summary>One user of a frame less.</summary>
    public void FreeFrame(uint pfn) => _memory.PutPage(pfn);

    /// <summary>The kernel has written to a frame.</summary>
    public void NoteWrite(uint pfn, int offset, int length) => _memory.KernelWrote(pfn, (uint)offset, (uint)length);

    /// <summary>Changes how many pages fit. Linux: <c>pipe_resize_ring</c>.</summary>
    /// <returns>0 or -EBUSY.</returns>
    public int Resize(int slots)
    {
        if (slots < Used)
            return -Errno.EBUSY;
        PipeBuffer[] ring = new PipeBuffer[slots];
        int used = Used;
        for (int i = 0; i < used; i++)
            ring[i] = At(i);
        _ring = ring;
        _tail = 0;
        _head = (uint)used;
        WriteWait.Wake(PollEvents.Writable);
        return 0;
    }

    /// <summary>The last file is closed. Linux: <c>free_pipe_info</c>.</summary>
    public void Free()
    {
        while (!IsEmpty)
            Pop();
    }
}
