using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>A kind of register that packed instructions work on. They are written once over it, for lanes of 128 bits.</summary>
internal unsafe interface IVectorForm
{
    /// <summary>Whether only the low 64 bits of a lane exist.</summary>
    static abstract bool IsHalf { get; }

    /// <summary>Reads a register by its offset.</summary>
    static abstract Vector128<byte> Load(CpuState* s, ushort offset);

    /// <summary>Writes a register.</summary>
    static abstract void Store(CpuState* s, ushort offset, Vector128<byte> value);
}

/// <summary>XMM registers as SSE writes them: the bits above 127 stay.</summary>
internal readonly unsafe struct Xmm : IVectorForm
{
    public static bool IsHalf => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(CpuState* s, ushort offset) => *(Vector128<byte>*)Access.Register(s, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CpuState* s, ushort offset, Vector128<byte> value) => *(Vector128<byte>*)Access.Register(s, offset) = value;
}

/// <summary>MMX registers: the significands of the x87 registers. A write sets sign and exponent to ones. Intel SDM vol. 1, 9.2.2.</summary>
internal readonly unsafe struct Mmx : IVectorForm
{
    public static bool IsHalf => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(CpuState* s, ushort offset) =>
        Vector128.CreateScalar(*(ulong*)Access.Register(s, offset)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CpuState* s, ushort offset, Vector128<byte> value)
    {
        FpuRegister* register = (FpuRegister*)Access.Register(s, offset);
        register->Significand = value.AsUInt64().ToScalar();
        register->SignExponent = ushort.MaxValue;
    }
}

/// <summary>A handler that exists once for each kind of vector register.</summary>
internal unsafe interface IVectorHandler
{
    /// <summary>The handler.</summary>
    static abstract Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TForm : struct, IVectorForm;
}
