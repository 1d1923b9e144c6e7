using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Cpu;

/// <summary>The decoded blocks, by frame and virtual address, and the watch over the code they were made from.</summary>
/// <remarks>
/// A frame that code was decoded from is tagged: no TLB lets a write to it pass unseen. Its code is kept by lines of 64 bytes; a write kills
/// the blocks whose lines it touches. A dead block leads back to the dispatcher from each of its steps, so that it may be dead while it
/// runs; its memory is reused when the whole cache is flushed, which happens between blocks alone. Lock: the kernel lock.
/// </remarks>
public sealed unsafe class CodeCache : IFrameWatch, IDisposable
{
    private const int ArenaBytes = 64 << 20, BucketCount = 1 << 15;
    private const int LineShift = 6;

    private readonly PhysicalMemory _memory;
    private readonly byte* _arena;
    private readonly Block** _buckets;
    private readonly Dictionary<uint, FrameCode> _frames = [];
    private readonly List<Processor> _processors = [];
    private int _used;

    /// <summary>An empty cache over the memory of a machine.</summary>
    public CodeCache(PhysicalMemory memory)
    {
        _memory = memory;
        _arena = (byte*)NativeMemory.Alloc(ArenaBytes);
        _buckets = (Block**)NativeMemory.AllocZeroed(BucketCount, (nuint)sizeof(Block*));
    }

    /// <summary>Blocks decoded since the start.</summary>
    public long BlocksDecoded { get; private set; }

    /// <summary>Blocks killed by writes to their code.</summary>
    public long BlocksKilled { get; private set; }

    /// <summary>Frames that are watched.</summary>
    public int WatchedFrames => _frames.Count;

    /// <summary>Times that the whole cache was dropped.</summary>
    internal long FlushCount { get; private set; }

    /// <summary>The block at an address in a frame, or null.</summary>
    internal Block* Find(uint pfn, ulong rip)
    {
        for (Block* block = _buckets[BucketOf(pfn, rip)]; block != null; block = block->NextInBucket)
        {
            if (block->Rip == rip && block->Pfn == pfn)
                return block;
        }
        return null;
    }

    /// <summary>Copies a block into the cache and watches its code.</summary>
    internal Block* Insert(in Block header, ReadOnlySpan<MicroOp> ops)
    {
        int bytes = sizeof(Block) + (ops.Length * sizeof(MicroOp));
        if (_used + bytes > ArenaBytes)
            FlushAll();
        Block* block = (Block*)(_arena + _used);
        _used += (bytes + 63) & ~63;
        *block = header;
        ops.CopyTo(new Span<MicroOp>(Block.Ops(block), ops.Length));
        Block** bucket = &_buckets[BucketOf(header.Pfn, header.Rip)];
        block->NextInBucket = *bucket;
        *bucket = block;
        Watch(block);
        BlocksDecoded++;
        return block;
    }

    /// <summary>Drops everything. No block may be running.</summary>
    internal void FlushAll()
    {
        FlushCount++;
        _used = 0;
        new Span<nint>(_buckets, BucketCount).Clear();
        foreach (uint pfn in _frames.Keys)
            _memory.FrameTags[pfn] &= (byte)~FrameTag.Code;
        _frames.Clear();
        foreach (Processor processor in _processors)
            processor.Mmu.Clear();
    }

    /// <summary>Drops one block.</summary>
    internal void Discard(Block* block) => Kill(block);

    internal void Register(Processor processor) => _processors.Add(processor);

    /// <summary>Bytes of a watched frame were written: kills the blocks that were made from them.</summary>
    public void OnWrite(uint pfn, uint offset, uint length)
    {
        if (!_frames.TryGetValue(pfn, out FrameCode? code))
            return;
        ulong lines = LinesOf(offset, length);
        if ((code.Lines & lines) != 0)
            KillOverlapping(pfn, code, lines, offset, length);
    }

    /// <inheritdoc/>
    public void OnKernelWrite(uint pfn, uint offset, uint length) => OnWrite(pfn, offset, length);

    /// <inheritdoc/>
    public void OnFree(uint pfn)
    {
        if (_frames.TryGetValue(pfn, out FrameCode? code))
            KillOverlapping(pfn, code, ulong.MaxValue, 0, (uint)MmConstants.PageSize);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_arena);
        NativeMemory.Free(_buckets);
    }

    private void Watch(Block* block)
    {
        uint offset = (uint)(block->Rip & ~MmConstants.PageMask);
        uint inFirst = (uint)Math.Min((ulong)block->Length, MmConstants.PageSize - offset);
        WatchFrame(block->Pfn, block, LinesOf(offset, inFirst));
        if (block->SecondPfn != 0)
            WatchFrame(block->SecondPfn, block, LinesOf(0, (uint)block->Length - inFirst));
    }

    private void WatchFrame(uint pfn, Block* block, ulong lines)
    {
        ref FrameCode? code = ref CollectionsMarshal.GetValueRefOrAddDefault(_frames, pfn, out bool known);
        if (!known)
        {
            code = new FrameCode();
            _memory.FrameTags[pfn] |= (byte)FrameTag.Code;
            foreach (Processor processor in _processors)
                processor.Mmu.DropWrites(pfn);
        }
        code!.Lines |= lines;
        code.Blocks.Add((nint)block);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void KillOverlapping(uint pfn, FrameCode code, ulong lines, uint offset, uint length)
    {
        ulong left = 0;
        for (int i = code.Blocks.Count - 1; i >= 0; i--)
        {
            Block* block = (Block*)code.Blocks[i];
            if (block->IsDead || Overlaps(block, pfn, offset, length))
            {
                Kill(block);
                code.Blocks.RemoveAt(i);
                continue;
            }
            left |= LinesOfBlock(block, pfn);
        }
        code.Lines = left;
        foreach (nint block in code.Blocks)
            DropDeadLinks((Block*)block);
        if (code.Blocks.Count != 0)
            return;
        _frames.Remove(pfn);
        _memory.FrameTags[pfn] &= (byte)~FrameTag.Code;
    }

    private void Kill(Block* block)
    {
        if (block->IsDead)
            return;
        block->IsDead = true;
        BlocksKilled++;
        MicroOp* ops = Block.Ops(block);
        for (int i = 0; i < block->OpCount; i++)
            ops[i].Handler = &Exceptions.BlockKilled;
        for (Block** link = &_buckets[BucketOf(block->Pfn, block->Rip)]; *link != null; link = &(*link)->NextInBucket)
        {
            if (*link != block)
                continue;
            *link = block->NextInBucket;
            return;
        }
    }

    // Only blocks of the same page are linked to each other.
    private static void DropDeadLinks(Block* block)
    {
        if (!block->HasTargets)
            return;
        JumpTargets* targets = (JumpTargets*)(Block.Ops(block) + block->OpCount);
        if (targets->Taken != null && targets->Taken->IsDead)
            targets->Taken = null;
        if (targets->Next != null && targets->Next->IsDead)
            targets->Next = null;
    }

    private static bool Overlaps(Block* block, uint pfn, uint offset, uint length) =>
        (LinesOfBlock(block, pfn) & LinesOf(offset, length)) != 0;

    private static ulong LinesOfBlock(Block* block, uint pfn)
    {
        uint start = (uint)(block->Rip & ~MmConstants.PageMask);
        uint inFirst = (uint)Math.Min((ulong)block->Length, MmConstants.PageSize - start);
        ulong lines = block->Pfn == pfn ? LinesOf(start, inFirst) : 0;
        return block->SecondPfn == pfn ? lines | LinesOf(0, (uint)block->Length - inFirst) : lines;
    }

    // One bit for each line of 64 bytes that [offset, offset + length) touches.
    private static ulong LinesOf(uint offset, uint length)
    {
        if (length == 0)
            return 0;
        int first = (int)(offset >> LineShift), last = (int)((offset + length - 1) >> LineShift);
        return (ulong.MaxValue << first) & (ulong.MaxValue >> (63 - last));
    }

    private static int BucketOf(uint pfn, ulong rip) => (int)(((rip >> 1) ^ rip >> 15 ^ ((ulong)pfn * 0x9E3779B1)) & (BucketCount - 1));

    private sealed class FrameCode
    {
        public ulong Lines;
        public readonly List<nint> Blocks = [];
    }
}
