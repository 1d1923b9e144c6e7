using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Cpu.Tests.Differential;

/// <summary>A state, and how execution from it ended, laid out as the native program has it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CpuCase
{
    /// <summary>Two pages; all operands are to lie here. Nothing is mapped before them.</summary>
    public const ulong DataAddress = 0x1000_0000;

    public const int DataSize = 0x2000;

    /// <summary>A page of zeros right behind them, which cannot be written.</summary>
    public const ulong ReadOnlyAddress = DataAddress + DataSize;

    public const int ReadOnlySize = 0x1000;

    /// <summary>The part of the two pages that travels, around the end of the first. The rest is zero.</summary>
    public const int WindowOffset = 0xC00;

    public const int WindowSize = 0x800;

    public const ulong WindowAddress = DataAddress + WindowOffset;

    public const ulong CodeAddress = 0x2000_0000;

    public const int CodeSize = 0x10000;

    public const int FxSize = FxImage.WrittenSize;

    /// <summary>The upper halves of the sixteen vector registers of AVX.</summary>
    public const int YmmHighSize = 256;

    public Registers Gpr;
    public ulong Rip;
    public ulong RFlags;
    public ulong FsBase;
    public ulong GsBase;
    public ushort Es;
    public ushort Ds;
    public ushort Fs;
    public ushort Gs;

    /// <summary>Another than 64-bit programs have: the case went to code of 32 bits.</summary>
    public ushort Cs;

    private readonly ushort _unused1, _unused2, _unused3;
    public FxBytes Fx;
    public YmmHighBytes YmmHigh;
    public WindowBytes Window;

    /// <summary>Exception vector; 3 if the end was reached.</summary>
    public uint Trap;

    public uint Error;
    public ulong FaultAddress;
    public uint Signal;
    public uint WroteOutside;

    [InlineArray(16)]
    public struct Registers
    {
        private ulong _first;
    }

    [InlineArray(FxSize)]
    public struct FxBytes
    {
        private byte _first;
    }

    [InlineArray(YmmHighSize)]
    public struct YmmHighBytes
    {
        private byte _first;
    }

    [InlineArray(WindowSize)]
    public struct WindowBytes
    {
        private byte _first;
    }

    /// <summary>MXCSR in the image.</summary>
    public uint Mxcsr
    {
        readonly get => MemoryMarshal.Read<uint>(((ReadOnlySpan<byte>)Fx)[24..]);
        set => MemoryMarshal.Write(((Span<byte>)Fx)[24..], value);
    }

    /// <summary>The x87 control word in the image.</summary>
    public ushort FpuControl
    {
        readonly get => MemoryMarshal.Read<ushort>(Fx);
        set => MemoryMarshal.Write(Fx, value);
    }

    /// <summary>The x87 status word in the image.</summary>
    public ushort FpuStatus
    {
        readonly get => MemoryMarshal.Read<ushort>(((ReadOnlySpan<byte>)Fx)[2..]);
        set => MemoryMarshal.Write(((Span<byte>)Fx)[2..], value);
    }

    /// <summary>The abridged tag word in the image.</summary>
    public byte FpuTags
    {
        readonly get => Fx[4];
        set => Fx[4] = value;
    }

    /// <summary>The 16 bytes of ST(i).</summary>
    [UnscopedRef]
    public Span<byte> St(int index) => ((Span<byte>)Fx).Slice(32 + (16 * index), 16);

    /// <summary>The upper 16 bytes of YMMn.</summary>
    [UnscopedRef]
    public Span<byte> High(int number) => ((Span<byte>)YmmHigh).Slice(16 * number, 16);

    /// <summary>The 16 bytes of XMMn.</summary>
    [UnscopedRef]
    public Span<byte> Xmm(int number) => ((Span<byte>)Fx).Slice(160 + (16 * number), 16);
}
