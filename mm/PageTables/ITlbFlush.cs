namespace Emu.Mm;

/// <summary>What mm asks of those who cache translations. Owned by mm, implemented by the processor. Linux: asm/tlbflush.h.</summary>
/// <remarks>
/// When a call returns, no CPU uses a translation that the tables no longer give: frames may be reused. A CPU that runs no guest
/// code counts as done and checks before it enters guest code again.
/// </remarks>
public interface ITlbFlush
{
    /// <summary>Drops everything of an address space. Linux: <c>flush_tlb_mm</c>.</summary>
    void FlushMm(MemoryDescriptor mm);

    /// <summary>Drops the pages of [start, end). Linux: <c>flush_tlb_range</c>.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">First address, page-aligned.</param>
    /// <param name="end">One past the last, page-aligned.</param>
    /// <param name="executable">Whether code may have been fetched from the range.</param>
    void FlushRange(MemoryDescriptor mm, ulong start, ulong end, bool executable);

    /// <summary>The address space is gone: its identity may be reused. Linux: <c>destroy_context</c>.</summary>
    void DestroyContext(MemoryDescriptor mm);
}

/// <summary>Who must be told before the kernel changes a frame that is tagged. Owned by mm, implemented by the processor.</summary>
public interface IFrameWatch
{
    /// <summary>The kernel has written bytes of a frame whose tag has <see cref="FrameTag.Code"/>.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="offset">First byte written.</param>
    /// <param name="length">Bytes written.</param>
    void OnKernelWrite(uint pfn, uint offset, uint length);

    /// <summary>The frame is freed: whatever was derived from its contents is void.</summary>
    void OnFree(uint pfn);
}
