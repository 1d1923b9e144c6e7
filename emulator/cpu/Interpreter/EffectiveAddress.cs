using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>A form of memory operand. Handlers are written once over it.</summary>
internal unsafe interface IAddress
{
    /// <summary>The linear address.</summary>
    static abstract ulong Of(CpuState* s, MicroOp* op);

    /// <summary>The immediate of an instruction with this form of operand.</summary>
    static abstract ulong Immediate(MicroOp* op);
}

/// <summary>[base + displacement].</summary>
internal readonly unsafe struct BaseAddress : IAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(CpuState* s, MicroOp* op) => *(ulong*)((byte*)s + op->Base) + (ulong)(long)op->Displacement;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Immediate(MicroOp* op) => op->Immediate;
}

/// <summary>[base + index * scale + displacement].</summary>
internal readonly unsafe struct IndexedAddress : IAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(CpuState* s, MicroOp* op) =>
        *(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)(long)op->Displacement;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Immediate(MicroOp* op) => op->Immediate;
}

/// <summary>[address]: relative to RIP, or absolute. The immediate stands where the displacement would.</summary>
internal readonly unsafe struct AbsoluteAddress : IAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(CpuState* s, MicroOp* op) => op->Immediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Immediate(MicroOp* op) => (ulong)(long)op->Displacement;
}
