using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>
/// A kind of vector register, and how an encoding writes it. Instructions are written once over it, for lanes of 128 bits: nearly all work
/// on each lane for itself.
/// </summary>
internal unsafe interface IVectorForm
{
    /// <summary>Whether only the low 64 bits of a lane exist: MMX.</summary>
    static abstract bool IsHalf { get; }

    /// <summary>Lanes of 128 bits: 1 or 2.</summary>
    static abstract int Lanes { get; }

    /// <summary>Whether the encoding leaves what lies above the operation, so that the destination is the first source. Else it becomes zero.</summary>
    static abstract bool Keeps { get; }

    /// <summary>Reads a lane of a register by its offset.</summary>
    static abstract Vector128<byte> Load(CpuState* s, ushort offset, int lane = 0);

    /// <summary>Writes a lane of a register. The lowest comes last: it clears what is above the highest.</summary>
    static abstract void Store(CpuState* s, ushort offset, Vector128<byte> value, int lane = 0);
}

/// <summary>XMM registers as SSE writes them: the bits above 127 stay.</summary>
internal readonly unsafe struct Xmm : IVectorForm
{
    public static bool IsHalf => false;

    public static int Lanes => 1;

    public static bool Keeps => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(CpuState* s, ushort offset, int lane = 0) => ((Vector128<byte>*)Access.Register(s, offset))[lane];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CpuState* s, ushort offset, Vector128<byte> value, int lane = 0) =>
        *(Vector128<byte>*)Access.Register(s, offset) = value;
}

/// <summary>XMM registers as VEX-encoded instructions write them: the bits above 127 become zero. Intel SDM vol. 1, 14.1.</summary>
internal readonly unsafe struct Vex128 : IVectorForm
{
    public static bool IsHalf => false;

    public static int Lanes => 1;

    public static bool Keeps => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(CpuState* s, ushort offset, int lane = 0) => Xmm.Load(s, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CpuState* s, ushort offset, Vector128<byte> value, int lane = 0)
    {
        byte* register = (byte*)Access.Register(s, offset);
        *(Vector128<byte>*)register = value;
        *(Vector128<byte>*)(register + 16) = default;
        *(Vector256<byte>*)(register + 32) = default;
    }
}

/// <summary>YMM registers: two lanes, and zeros above.</summary>
internal readonly unsafe struct Vex256 : IVectorForm
{
    public static bool IsHalf => false;

    public static int Lanes => 2;

    public static bool Keeps => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(CpuState* s, ushort offset, int lane = 0) => ((Vector128<byte>*)Access.Register(s, offset))[lane];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CpuState* s, ushort offset, Vector128<byte> value, int lane = 0)
    {
        byte* register = (byte*)Access.Register(s, offset);
        ((Vector128<byte>*)register)[lane] = value;
        if (lane == 0)
            *(Vector256<byte>*)(register + 32) = default;
    }
}

/// <summary>MMX registers: the significands of the x87 registers. A write sets sign and exponent to ones. Intel SDM vol. 1, 9.2.2.</summary>
internal readonly unsafe struct Mmx : IVectorForm
{
    public static bool IsHalf => true;

    public static int Lanes => 1;

    public static bool Keeps => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(CpuState* s, ushort offset, int lane = 0) =>
        Vector128.CreateScalar(*(ulong*)Access.Register(s, offset)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(CpuState* s, ushort offset, Vector128<byte> value, int lane = 0)
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

/// <summary>What a handler computes for a lane, and writes nowhere else: the simplest kind of vector instruction.</summary>
internal unsafe interface ILaneOperation
{
    /// <summary>The lane of the result.</summary>
    static abstract Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
        where TForm : struct, IVectorForm;
}

/// <summary>The handler of a lane operation: each lane from the highest to the lowest.</summary>
internal readonly unsafe struct ByLane<TOperation> : IVectorHandler
    where TOperation : struct, ILaneOperation
{
    public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TForm : struct, IVectorForm
    {
        if (TForm.Lanes == 2)
            TForm.Store(s, op->Destination, TOperation.Apply<TForm>(s, op, 1), 1);
        TForm.Store(s, op->Destination, TOperation.Apply<TForm>(s, op, 0));
        return op[1].Handler(s, op + 1, c);
    }
}
