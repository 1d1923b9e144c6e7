using System.Buffers.Binary;
using Emu.Cpu;

namespace Emu.Syscalls;

/// <summary>The x87 and vector registers in a signal frame. Linux: arch/x86/kernel/fpu/signal.c.</summary>
/// <remarks>
/// <code>
///    0   as FXSAVE writes it; in the last 48 of the 512 bytes what is behind it (<c>struct _fpx_sw_bytes</c>), if the processor has XSAVE
///  512   header and further components, as XSAVE writes them in the standard format
///  end   a word that says that all of it is there
/// </code>
/// </remarks>
internal static class SignalFpu
{
    // Linux: FP_XSTATE_MAGIC1, FP_XSTATE_MAGIC2
    private const uint StartMark = 0x46505853, EndMark = 0x46505845;
    private const int EndMarkSize = 4, DescriptionPlace = 464;
    private const int ExtendedSizePlace = DescriptionPlace + 4, FeaturesPlace = DescriptionPlace + 8, SizePlace = DescriptionPlace + 16;

    /// <summary>Bytes that it takes.</summary>
    public static int SizeOf(CpuModel model) => model.XFeatures == 0 ? FxImage.Size : XSaveImage.SizeOf(model) + EndMarkSize;

    /// <summary>Writes it. Linux: <c>copy_fpstate_to_sigframe</c>.</summary>
    /// <returns>False for EFAULT.</returns>
    public static bool TryWrite(Task task, ulong address)
    {
        ref CpuState state = ref task.Cpu.State;
        CpuModel model = task.Kernel.Options.Model;
        Span<byte> image = stackalloc byte[XSaveImage.MaxSize + EndMarkSize];
        if (model.XFeatures == 0)
        {
            FxImage.Save(ref state, image);
            return task.User.CopyTo(address, image[..FxImage.WrittenSize]) == 0;
        }
        int size = XSaveImage.SizeOf(model);
        XSaveImage.Save(ref state, model.XFeatures, image[..size]);
        image[XSaveImage.HeaderPlace] |= (byte)XSaveImage.Legacy;
        BinaryPrimitives.WriteUInt32LittleEndian(image[DescriptionPlace..], StartMark);
        BinaryPrimitives.WriteInt32LittleEndian(image[ExtendedSizePlace..], size + EndMarkSize);
        BinaryPrimitives.WriteUInt64LittleEndian(image[FeaturesPlace..], model.XFeatures);
        BinaryPrimitives.WriteInt32LittleEndian(image[SizePlace..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(image[size..], EndMark);
        return task.User.CopyTo(address, image[..FxImage.WrittenSize]) == 0
            && task.User.CopyTo(address + DescriptionPlace, image[DescriptionPlace..(size + EndMarkSize)]) == 0;
    }

    /// <summary>Reads it back; 0 for an address means the initial state. Linux: <c>fpu__restore_sig</c>.</summary>
    /// <returns>False if it cannot be read or is not valid; the state is then initial.</returns>
    public static bool TryRestore(Task task, ulong address)
    {
        ref CpuState state = ref task.Cpu.State;
        Span<byte> image = stackalloc byte[XSaveImage.MaxSize];
        image.Clear();
        ulong features = task.Kernel.Options.Model.XFeatures;
        if (address != 0 && TryRead(task, address, image, features) && XSaveImage.TryRestore(ref state, features | XSaveImage.Legacy, image))
            return true;
        state.ResetFpu();
        return address == 0;
    }

    // What is not to be restored becomes initial.
    private static bool TryRead(Task task, ulong address, Span<byte> image, ulong features)
    {
        if (task.User.CopyFrom(address, image[..FxImage.Size]) != 0 || !TryFindFeatures(task, address, image, features, out ulong restored))
            return false;
        Span<byte> behind = image[FxImage.Size..];
        if (restored == XSaveImage.Legacy && !IsExtended(image))
            behind[0] = (byte)XSaveImage.Legacy;
        else if (task.User.CopyFrom(address + FxImage.Size, behind[..(XSaveImage.SizeOf(restored) - FxImage.Size)]) != 0 || !XSaveImage.IsValid(image, features))
            return false;
        behind[0] &= (byte)restored;
        if ((restored & (XSaveImage.Sse | XSaveImage.Avx)) == 0)
            BinaryPrimitives.WriteUInt32LittleEndian(image[FxImage.MxcsrPlace..], CpuState.Initial.Mxcsr);
        return true;
    }

    // What the frame claims to hold; that of FXSAVE alone if it does not say. Linux: check_xstate_in_sigframe
    private static bool TryFindFeatures(Task task, ulong address, Span<byte> image, ulong features, out ulong restored)
    {
        restored = XSaveImage.Legacy;
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(image[SizePlace..]);
        bool claims = features != 0 && IsExtended(image) && size >= XSaveImage.AvxPlace && size <= XSaveImage.SizeOf(features)
            && size <= BinaryPrimitives.ReadUInt32LittleEndian(image[ExtendedSizePlace..]);
        Span<byte> mark = stackalloc byte[EndMarkSize];
        if (claims && task.User.CopyFrom(address + size, mark) != 0)
            return false;
        if (claims && BinaryPrimitives.ReadUInt32LittleEndian(mark) == EndMark)
            restored = BinaryPrimitives.ReadUInt64LittleEndian(image[FeaturesPlace..]) & features;
        else
            image.Slice(DescriptionPlace, EndMarkSize).Clear();
        return true;
    }

    private static bool IsExtended(ReadOnlySpan<byte> image) => BinaryPrimitives.ReadUInt32LittleEndian(image[DescriptionPlace..]) == StartMark;
}
