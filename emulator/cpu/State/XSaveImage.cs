using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Emu.Cpu;

/// <summary>The image of state that XSAVE writes, and signal frames hold. Intel SDM vol. 1, 13.4.</summary>
/// <remarks>
/// <code>
///    0   as FXSAVE writes it: x87, MXCSR, the low 128 bits of the vector registers
///  512   header: the components that are not in their initial state, and the format
///  576   the upper halves of the YMM registers; in the compacted format too, as they are the first component behind the header
/// 2688   PKRU; in the compacted format next to what is before it
/// </code>
/// A component that the header does not name is in its initial state, whatever its bytes are.
/// </remarks>
public static class XSaveImage
{
    /// <summary>Components: x87.</summary>
    public const ulong Fpu = 1;

    /// <summary>XMM registers.</summary>
    public const ulong Sse = 2;

    /// <summary>Upper halves of the YMM registers.</summary>
    public const ulong Avx = 4;

    /// <summary>What FXSAVE saves.</summary>
    public const ulong Legacy = Fpu | Sse;

    /// <summary>Place and size of the header.</summary>
    public const int HeaderPlace = 512, HeaderSize = 64;

    /// <summary>Place and size of <see cref="Avx"/>.</summary>
    public const int AvxPlace = HeaderPlace + HeaderSize, AvxSize = 256;

    /// <summary>PKRU.</summary>
    public const ulong KeyRights = 1 << 9;

    /// <summary>Place and size of <see cref="KeyRights"/>.</summary>
    public const int KeyRightsPlace = 2688, KeyRightsSize = 8;

    /// <summary>Bytes of the largest image.</summary>
    public const int MaxSize = KeyRightsPlace + KeyRightsSize;

    /// <summary>Place of XCOMP_BV in the image, and the bit of it that means the compacted format.</summary>
    internal const int FormatPlace = HeaderPlace + 8;

    internal const ulong Compacted = 1UL << 63;

    private const int FpuPlace = 0, MxcsrPlace = FxImage.MxcsrPlace, RegistersPlace = 32, XmmPlace = 160, XmmEnd = 416, Slot = 16, Registers = 16;

    /// <summary>Bytes of the image of all components of a model.</summary>
    public static int SizeOf(CpuModel model) => SizeOf(model.XFeatures);

    /// <summary>Bytes of the image of some components.</summary>
    public static int SizeOf(ulong components) => (components & KeyRights) != 0 ? MaxSize : (components & Avx) != 0 ? AvxPlace + AvxSize : HeaderPlace + HeaderSize;

    /// <summary>Where PKRU is in the compacted format of some components.</summary>
    internal static int CompactedKeyRightsPlace(ulong components) => (components & Avx) != 0 ? AvxPlace + AvxSize : AvxPlace;

    /// <summary>The components that are not in their initial state: XINUSE.</summary>
    public static ulong InUse(ref CpuState state)
    {
        ulong components = IsFpuInitial(ref state) ? 0 : Fpu;
        bool low = false, high = false;
        for (int number = 0; number < Registers; number++)
        {
            low |= (state.Vector[number][0] | state.Vector[number][1]) != 0;
            high |= (state.Vector[number][2] | state.Vector[number][3]) != 0;
        }
        return components | (low ? Sse : 0) | (high ? Avx : 0) | (state.Pkru != 0 ? KeyRights : 0);
    }

    /// <summary>Writes the image of all components that fit, in the standard format, with a header that names those asked for and in use.</summary>
    /// <param name="state">The registers.</param>
    /// <param name="components">The components that the header may name.</param>
    /// <param name="image">As many bytes as <see cref="SizeOf(ulong)"/> says.</param>
    public static void Save(ref CpuState state, ulong components, Span<byte> image)
    {
        image.Clear();
        FxImage.Save(ref state, image);
        BinaryPrimitives.WriteUInt64LittleEndian(image[HeaderPlace..], InUse(ref state) & components);
        for (int number = 0; number < Registers && (components & Avx) != 0; number++)
            HighHalf(ref state, number).CopyTo(image.Slice(AvxPlace + (number * Slot), Slot));
        if ((components & KeyRights) != 0)
            BinaryPrimitives.WriteUInt32LittleEndian(image[KeyRightsPlace..], state.Pkru);
    }

    /// <summary>Whether a header may be restored. Intel SDM vol. 1, 13.8.1.</summary>
    /// <param name="image">An image with its header.</param>
    /// <param name="features">XCR0.</param>
    public static bool IsValid(ReadOnlySpan<byte> image, ulong features)
    {
        ulong present = Quadword(image, HeaderPlace), format = Quadword(image, FormatPlace);
        bool compacted = (format & Compacted) != 0;
        if (image[(FormatPlace + 8)..(compacted ? HeaderPlace + HeaderSize : FormatPlace + 16)].ContainsAnyExcept((byte)0))
            return false;
        ulong known = compacted ? format & ~Compacted : features;
        return (present & ~known) == 0 && (known & ~features) == 0 && (compacted || format == 0);
    }

    /// <summary>Reads components from a valid image; those that its header does not name become initial.</summary>
    /// <returns>False, with nothing changed, if MXCSR has bits that do not exist: the processor raises #GP.</returns>
    public static bool TryRestore(ref CpuState state, ulong components, ReadOnlySpan<byte> image)
    {
        ulong present = Quadword(image, HeaderPlace);
        Span<byte> legacy = stackalloc byte[FxImage.WrittenSize];
        FxImage.Save(ref state, legacy);
        if ((components & Fpu) != 0)
            TakeFpu(image, (present & Fpu) != 0, legacy);
        if ((components & Sse) != 0)
            Take(image, (present & Sse) != 0, legacy, XmmPlace, XmmEnd);
        TakeMxcsr(image, components, legacy);
        if (!FxImage.TryRestore(ref state, legacy))
            return false;
        for (int number = 0; number < Registers && (components & Avx) != 0; number++)
        {
            if ((present & Avx) != 0)
                image.Slice(AvxPlace + (number * Slot), Slot).CopyTo(HighHalf(ref state, number));
            else
                HighHalf(ref state, number).Clear();
        }
        if ((components & KeyRights) != 0)
            state.Pkru = (present & KeyRights) != 0 ? KeyRightsOf(image) : 0;
        return true;
    }

    private static uint KeyRightsOf(ReadOnlySpan<byte> image)
    {
        ulong format = Quadword(image, FormatPlace);
        int place = (format & Compacted) != 0 ? CompactedKeyRightsPlace(format) : KeyRightsPlace;
        return BinaryPrimitives.ReadUInt32LittleEndian(image[place..]);
    }

    private static void TakeFpu(ReadOnlySpan<byte> image, bool present, Span<byte> legacy)
    {
        Take(image, present, legacy, FpuPlace, MxcsrPlace);
        Take(image, present, legacy, RegistersPlace, XmmPlace);
        if (!present)
            BinaryPrimitives.WriteUInt16LittleEndian(legacy, CpuState.Initial.FpuControl);
    }

    // In the standard format MXCSR belongs to XMM and YMM registers alike, and is always there. Intel SDM vol. 1, 13.8.1 and 13.8.2.
    private static void TakeMxcsr(ReadOnlySpan<byte> image, ulong components, Span<byte> legacy)
    {
        bool compacted = (Quadword(image, FormatPlace) & Compacted) != 0;
        if ((components & (compacted ? Sse : Sse | Avx)) == 0)
            return;
        uint value = compacted && (Quadword(image, HeaderPlace) & Sse) == 0
            ? Mxcsr.Default
            : BinaryPrimitives.ReadUInt32LittleEndian(image[MxcsrPlace..]);
        BinaryPrimitives.WriteUInt32LittleEndian(legacy[MxcsrPlace..], value);
    }

    private static void Take(ReadOnlySpan<byte> image, bool present, Span<byte> legacy, int start, int end)
    {
        if (present)
            image[start..end].CopyTo(legacy[start..]);
        else
            legacy[start..end].Clear();
    }

    private static bool IsFpuInitial(ref CpuState state)
    {
        if (state.FpuControl != CpuState.Initial.FpuControl || (state.FpuStatus | state.FpuTags | state.FpuOpcode) != 0)
            return false;
        ulong all = state.FpuInstructionPointer | state.FpuDataPointer;
        for (int number = 0; number < 8; number++)
            all |= state.Fpu[number].Significand | state.Fpu[number].SignExponent;
        return all == 0;
    }

    private static ulong Quadword(ReadOnlySpan<byte> image, int place) => BinaryPrimitives.ReadUInt64LittleEndian(image[place..]);

    private static Span<byte> HighHalf(ref CpuState state, int number) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref state.Vector[number], 1)).Slice(Slot, Slot);
}
