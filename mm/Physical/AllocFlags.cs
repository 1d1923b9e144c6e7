namespace Emu.Mm;

/// <summary>What one attempt of an allocation may do. Linux: <c>ALLOC_*</c> (mm/internal.h).</summary>
[Flags]
public enum AllocFlags
{
    /// <summary>Measure against <see cref="Watermark.Min"/>.</summary>
    WatermarkMin = 0,

    /// <summary>Measure against <see cref="Watermark.Low"/>.</summary>
    WatermarkLow = 1,

    /// <summary>Measure against <see cref="Watermark.High"/>.</summary>
    WatermarkHigh = 2,

    /// <summary>No watermark at all.</summary>
    NoWatermarks = 4,

    /// <summary>The part that names the watermark. Linux: <c>ALLOC_WMARK_MASK</c>.</summary>
    WatermarkMask = 3,

    /// <summary>On behalf of an OOM victim.</summary>
    Oom = 8,

    /// <summary>The caller cannot block.</summary>
    NonBlock = 0x10,

    /// <summary>May dip into the reserve of the min watermark.</summary>
    MinReserve = 0x20,

    /// <summary>May use CMA blocks.</summary>
    Cma = 0x80,

    /// <summary>Must not mix mobility groups within a page block. Linux: <c>ALLOC_NOFRAGMENT</c>.</summary>
    NoFragment = 0x100,

    /// <summary>May use the reserve of high-order atomic blocks.</summary>
    HighAtomic = 0x200,

    /// <summary>kswapd is to be woken.</summary>
    Kswapd = 0x800,

    /// <summary>Any of the flags that open a reserve. Linux: <c>ALLOC_RESERVES</c>.</summary>
    Reserves = NonBlock | MinReserve | HighAtomic | Oom,
}
