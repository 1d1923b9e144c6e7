using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>What concerns all elements of a vector of numbers.</summary>
internal static unsafe class FloatVector
{
    /// <summary>Whether all elements of three vectors are normal numbers as <see cref="FloatFormat{T}.IsNormal"/> has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreNormal<T>(Vector128<T> a, Vector128<T> b, Vector128<T> c)
        where T : unmanaged
    {
        return Unsafe.SizeOf<T>() == 4
            ? (Abnormal(a.AsUInt32()) | Abnormal(b.AsUInt32()) | Abnormal(c.AsUInt32())) == Vector128<uint>.Zero
            : (Abnormal(a.AsUInt64()) | Abnormal(b.AsUInt64()) | Abnormal(c.AsUInt64())) == Vector128<ulong>.Zero;
    }

    /// <summary>Whether no element of two vectors is a NaN or denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreOrdered<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => (Ordered(a) & Ordered(b)).AsByte() == Vector128<byte>.AllBitsSet;

    /// <summary>Writes the lowest element of the destination; the rest comes from the first source, or stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetScalar<TForm, T>(CpuState* s, MicroOp* op, T result)
        where TForm : struct, IVectorForm
        where T : unmanaged
    {
        if (TForm.Keeps)
            *(T*)Access.Register(s, op->Destination) = result;
        else
            TForm.Store(s, op->Destination, TForm.Load(s, op->Base).As<byte, T>().WithElement(0, result).AsByte());
    }

    /// <summary>Ends an instruction whose results may have raised exceptions: with #XM, or by writing them.</summary>
    /// <returns>Whether it goes on.</returns>
    public static bool Finish<TForm, T>(CpuState* s, MicroOp* op, VirtualCpu* c, Vector128<T>* results, in FloatContext context)
        where TForm : struct, IVectorForm
        where T : unmanaged
    {
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        for (int lane = TForm.Lanes - 1; lane >= 0; lane--)
            TForm.Store(s, op->Destination, results[lane].AsByte(), lane);
        return true;
    }

    /// <summary>The exact results, element by element.</summary>
    public static Vector128<T> Exact<TOperation, T>(Vector128<T> a, Vector128<T> b, ref FloatContext context)
        where TOperation : struct, IFloatOperation
        where T : unmanaged
    {
        Vector128<T> result = default;
        for (int at = 0; at < Vector128<T>.Count; at++)
        {
            ulong x = FloatFormat<T>.Bits(a.GetElement(at)), y = FloatFormat<T>.Bits(b.GetElement(at));
            result = result.WithElement(at, FloatFormat<T>.FromBits(TOperation.Exact<T>(x, y, ref context)));
        }
        return result;
    }

    // As FloatFormat.IsNormal: one added to an exponent of all ones or at most two leaves at most its last two bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Abnormal(Vector128<uint> bits) =>
        Vector128.Equals((bits + Vector128.Create(0x0080_0000u)) & Vector128.Create(0x7E00_0000u), Vector128<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Abnormal(Vector128<ulong> bits) => Vector128.Equals(
        (bits + Vector128.Create(0x0010_0000_0000_0000UL)) & Vector128.Create(0x7FC0_0000_0000_0000UL), Vector128<ulong>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Ordered<T>(Vector128<T> value)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector128<T> smallest = Vector128.Create(FloatFormat<T>.FromBits(FloatFormat<T>.SmallestNormal));
        return Vector128.GreaterThanOrEqual(Vector128.Abs(value), smallest) | Vector128.Equals(value, Vector128<T>.Zero);
    }
}
