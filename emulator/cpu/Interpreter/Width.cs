using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>An operand size. Values travel as <see cref="ulong"/>, zero-extended.</summary>
/// <remarks>Instructions are written once over this interface; the JIT makes a version for each of its four implementations.</remarks>
internal unsafe interface IWidth
{
    /// <summary>Size in bytes.</summary>
    static abstract int Bytes { get; }

    /// <summary>Size in bits.</summary>
    static abstract int Bits { get; }

    /// <summary>All bits of the size.</summary>
    static abstract ulong Mask { get; }

    /// <summary>Reads a register (by offset) or memory.</summary>
    static abstract ulong Load(void* place);

    /// <summary>Writes memory.</summary>
    static abstract void Store(void* place, ulong value);

    /// <summary>Writes a register: a 32-bit write clears the upper half, narrower ones leave the rest.</summary>
    static abstract void StoreRegister(void* place, ulong value);

    /// <summary>Replaces memory if it holds what is expected, atomically.</summary>
    /// <returns>What memory held.</returns>
    static abstract ulong CompareExchange(void* place, ulong value, ulong expected);

    /// <summary>Swaps with memory, atomically.</summary>
    static abstract ulong Exchange(void* place, ulong value);
}

internal readonly unsafe struct W8 : IWidth
{
    public static int Bytes => 1;

    public static int Bits => 8;

    public static ulong Mask => byte.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* place) => *(byte*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* place, ulong value) => *(byte*)place = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* place, ulong value) => *(byte*)place = (byte)value;

    public static ulong CompareExchange(void* place, ulong value, ulong expected) =>
        Interlocked.CompareExchange(ref *(byte*)place, (byte)value, (byte)expected);

    public static ulong Exchange(void* place, ulong value) => Interlocked.Exchange(ref *(byte*)place, (byte)value);
}

internal readonly unsafe struct W16 : IWidth
{
    public static int Bytes => 2;

    public static int Bits => 16;

    public static ulong Mask => ushort.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* place) => *(ushort*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* place, ulong value) => *(ushort*)place = (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* place, ulong value) => *(ushort*)place = (ushort)value;

    public static ulong CompareExchange(void* place, ulong value, ulong expected) =>
        Interlocked.CompareExchange(ref *(ushort*)place, (ushort)value, (ushort)expected);

    public static ulong Exchange(void* place, ulong value) => Interlocked.Exchange(ref *(ushort*)place, (ushort)value);
}

internal readonly unsafe struct W32 : IWidth
{
    public static int Bytes => 4;

    public static int Bits => 32;

    public static ulong Mask => uint.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* place) => *(uint*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* place, ulong value) => *(uint*)place = (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* place, ulong value) => *(ulong*)place = (uint)value;

    public static ulong CompareExchange(void* place, ulong value, ulong expected) =>
        Interlocked.CompareExchange(ref *(uint*)place, (uint)value, (uint)expected);

    public static ulong Exchange(void* place, ulong value) => Interlocked.Exchange(ref *(uint*)place, (uint)value);
}

internal readonly unsafe struct W64 : IWidth
{
    public static int Bytes => 8;

    public static int Bits => 64;

    public static ulong Mask => ulong.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* place) => *(ulong*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* place, ulong value) => *(ulong*)place = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* place, ulong value) => *(ulong*)place = value;

    public static ulong CompareExchange(void* place, ulong value, ulong expected) =>
        Interlocked.CompareExchange(ref *(ulong*)place, value, expected);

    public static ulong Exchange(void* place, ulong value) => Interlocked.Exchange(ref *(ulong*)place, value);
}
