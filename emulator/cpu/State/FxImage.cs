using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Cpu;

/// <summary>The image of x87, MMX and SSE state that FXSAVE64 writes, and signal frames hold. Intel SDM vol. 1, table 10-2.</summary>
public static class FxImage
{
    /// <summary>Bytes of the area.</summary>
    public const int Size = 512;

    /// <summary>Bytes from its start that are written; the rest is the program's.</summary>
    public const int WrittenSize = 416;

    /// <summary>Place of MXCSR.</summary>
    public const int MxcsrPlace = 24;

    private const int StatusPlace = 2, TagPlace = 4, OpcodePlace = 6, InstructionPlace = 8, DataPlace = 16, MaskPlace = 28;
    private const int RegisterPlace = 32, VectorPlace = 160, VectorCount = 16, Slot = 16;

    /// <summary>Writes the image.</summary>
    /// <param name="state">The registers.</param>
    /// <param name="image">At least <see cref="WrittenSize"/> bytes.</param>
    public static void Save(ref CpuState state, Span<byte> image)
    {
        image[..WrittenSize].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(image, state.FpuControl);
        BinaryPrimitives.WriteUInt16LittleEndian(image[StatusPlace..], state.FpuStatus);
        image[TagPlace] = (byte)state.FpuTags;
        BinaryPrimitives.WriteUInt16LittleEndian(image[OpcodePlace..], state.FpuOpcode);
        BinaryPrimitives.WriteUInt64LittleEndian(image[InstructionPlace..], state.FpuInstructionPointer);
        BinaryPrimitives.WriteUInt64LittleEndian(image[DataPlace..], state.FpuDataPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(image[MxcsrPlace..], state.Mxcsr);
        BinaryPrimitives.WriteUInt32LittleEndian(image[MaskPlace..], Mxcsr.Writable);
        for (int index = 0; index < 8; index++)
        {
            ref FpuRegister register = ref state.Fpu[PhysicalOf(state.FpuStatus, index)];
            Span<byte> slot = image.Slice(RegisterPlace + (index * Slot), Slot);
            BinaryPrimitives.WriteUInt64LittleEndian(slot, register.Significand);
            BinaryPrimitives.WriteUInt16LittleEndian(slot[8..], register.SignExponent);
        }
        for (int number = 0; number < VectorCount; number++)
            LowHalf(ref state, number).CopyTo(image.Slice(VectorPlace + (number * Slot), Slot));
    }

    /// <summary>Reads the image into the registers.</summary>
    /// <returns>False, with nothing changed, if MXCSR has bits that do not exist: the processor raises #GP.</returns>
    public static bool TryRestore(ref CpuState state, ReadOnlySpan<byte> image)
    {
        uint mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(image[MxcsrPlace..]);
        if ((mxcsr & ~Mxcsr.Writable) != 0)
            return false;
        state.Mxcsr = mxcsr;
        state.FpuStatus = BinaryPrimitives.ReadUInt16LittleEndian(image[StatusPlace..]);
        state.FpuTags = image[TagPlace];
        state.FpuOpcode = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(image[OpcodePlace..]) & 0x7FF);
        state.FpuInstructionPointer = BinaryPrimitives.ReadUInt64LittleEndian(image[InstructionPlace..]);
        state.FpuDataPointer = BinaryPrimitives.ReadUInt64LittleEndian(image[DataPlace..]);
        unsafe
        {
            FpuControl.SetControl((CpuState*)Unsafe.AsPointer(ref state), BinaryPrimitives.ReadUInt16LittleEndian(image));
        }
        for (int index = 0; index < 8; index++)
        {
            ref FpuRegister register = ref state.Fpu[PhysicalOf(state.FpuStatus, index)];
            ReadOnlySpan<byte> slot = image.Slice(RegisterPlace + (index * Slot), Slot);
            register.Significand = BinaryPrimitives.ReadUInt64LittleEndian(slot);
            register.SignExponent = BinaryPrimitives.ReadUInt16LittleEndian(slot[8..]);
        }
        for (int number = 0; number < VectorCount; number++)
            image.Slice(VectorPlace + (number * Slot), Slot).CopyTo(LowHalf(ref state, number));
        return true;
    }

    private static int PhysicalOf(ushort status, int index) => ((status >> 11) + index) & 7;

    private static Span<byte> LowHalf(ref CpuState state, int number) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref state.Vector[number], 1))[..Slot];
}
