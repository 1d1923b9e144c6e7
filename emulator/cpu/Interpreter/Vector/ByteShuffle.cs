using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Emu.Cpu;

/// <summary>Rearrangements of bytes by a control that is made when the instruction is decoded.</summary>
/// <remarks>
/// A control has a byte for each byte of the result: which byte of the source's lane goes there, or <see cref="None"/> for a zero. Of one with
/// two sources the results are combined. Equal controls share their memory, which lives as long as the program: there are few.
/// </remarks>
internal static unsafe class ByteShuffle
{
    /// <summary>Stands for a zero.</summary>
    public const byte None = 0x80;

    /// <summary>Added to an index to mean the second source.</summary>
    public const byte Second = 16;

    /// <summary>Bytes of a control: those of two lanes.</summary>
    public const int Length = 32;

    private static readonly Dictionary<Pairs, nint> Controls = new(new PairsComparer());

    /// <summary>A control for one source.</summary>
    /// <returns>Its address, for the immediate: a vector for each lane.</returns>
    public static ulong Control(ReadOnlySpan<byte> bytes) => Intern(MemoryMarshal.Read<UInt128>(bytes), MemoryMarshal.Read<UInt128>(bytes[16..]), 0, 0);

    /// <summary>A control for two sources, each index from 0 to 31.</summary>
    /// <returns>Its address, for the immediate: a pair of vectors for each lane.</returns>
    public static ulong PairControl(ReadOnlySpan<byte> bytes)
    {
        Span<byte> first = stackalloc byte[Length], second = stackalloc byte[Length];
        for (int at = 0; at < Length; at++)
        {
            byte index = bytes[at];
            first[at] = index < Second ? index : None;
            second[at] = index is >= Second and < None ? (byte)(index - Second) : None;
        }
        return Intern(MemoryMarshal.Read<UInt128>(first), MemoryMarshal.Read<UInt128>(second), MemoryMarshal.Read<UInt128>(first[16..]),
            MemoryMarshal.Read<UInt128>(second[16..]));
    }

    /// <summary>The bytes of a vector in another order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> value, Vector128<byte> control) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(value, control) : Vector128.Shuffle(value, control);

    /// <summary>Takes the source, rearranged.</summary>
    internal readonly struct FromOne : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => ByteShuffle.Apply(TForm.Load(s, op->Source, lane), ((Vector128<byte>*)op->Immediate)[lane]);
    }

    /// <summary>Combines bytes of both sources.</summary>
    internal readonly struct FromTwo : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<byte>* control = (Vector128<byte>*)op->Immediate + (2 * lane);
            return ByteShuffle.Apply(TForm.Load(s, op->Base, lane), control[0]) | ByteShuffle.Apply(TForm.Load(s, op->Source, lane), control[1]);
        }
    }

    /// <summary>A control: two vectors, or two for each lane.</summary>
    private readonly struct Pairs(UInt128 first, UInt128 second, UInt128 third, UInt128 fourth)
    {
        public readonly UInt128 First = first, Second = second, Third = third, Fourth = fourth;
    }

    // The default one would be made by reflection, and compiled when the program runs.
    private sealed class PairsComparer : IEqualityComparer<Pairs>
    {
        public bool Equals(Pairs x, Pairs y) => x.First == y.First && x.Second == y.Second && x.Third == y.Third && x.Fourth == y.Fourth;

        public int GetHashCode(Pairs pairs) => HashCode.Combine(pairs.First, pairs.Second, pairs.Third, pairs.Fourth);
    }

    private static ulong Intern(UInt128 first, UInt128 second, UInt128 third, UInt128 fourth)
    {
        lock (Controls)
        {
            ref nint known = ref CollectionsMarshal.GetValueRefOrAddDefault(Controls, new Pairs(first, second, third, fourth), out bool exists);
            if (!exists)
            {
                UInt128* vectors = (UInt128*)NativeMemory.AlignedAlloc(64, 64);
                vectors[0] = first;
                vectors[1] = second;
                vectors[2] = third;
                vectors[3] = fourth;
                known = (nint)vectors;
            }
            return (ulong)known;
        }
    }
}
