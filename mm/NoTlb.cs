namespace Emu.Mm;

/// <summary>Stands in where no processor is attached: nothing is cached, nothing is watched.</summary>
internal sealed class NoTlb : ITlbFlush, IFrameWatch
{
    public static NoTlb Instance { get; } = new();

    public void FlushMm(MemoryDescriptor mm)
    {
    }

    public void FlushRange(MemoryDescriptor mm, ulong start, ulong end, bool executable)
    {
    }

    public void DestroyContext(MemoryDescriptor mm)
    {
    }

    public void OnKernelWrite(uint pfn, uint offset, uint length)
    {
    }

    public void OnFree(uint pfn)
    {
    }
}
