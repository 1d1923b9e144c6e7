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
    public const int Length = 2 * LaneBytes;

    private const int LaneBytes = 16;

    // A chain of controls for each value of the hash. Made of nothing that would have to be compiled when the program runs.
    private static readonly nint[] Buckets = new nint[256];

    private static readonly Lock Guard = new();

    /// <summary>A control for one source.</summary>
    /// <returns>Its address, for the immediate: a vector for each lane.</returns>
    public static ulong Control(ReadOnlySpan<byte> bytes)
    {
        Span<byte> control = stackalloc byte[Record.Size];
        bytes.CopyTo(control);
        return Intern(control);
    }

    /// <summary>A control for two sources, each index from 0 to 31.</summary>
    /// <returns>Its address, for the immediate: a pair of vectors for each lane.</returns>
    public static ulong PairControl(ReadOnlySpan<byte> bytes)
    {
        Span<byte> control = stackalloc byte[Record.Size];
        for (int at = 0; at < Length; at++)
        {
            int place = (at & (LaneBytes - 1)) + (at / LaneBytes * Length);
            byte index = bytes[at];
            control[place] = index < Second ? index : None;
            control[place + LaneBytes] = index is >= Second and < None ? (byte)(index - Second) : None;
        }
        return Intern(control);
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

    // Four vectors, and behind them the next control of the same hash.
    private struct Record
    {
        public const int Size = 4 * LaneBytes;

        public fixed byte Vectors[Size];
        public Record* Next;
    }

    private static ulong Intern(ReadOnlySpan<byte> control)
    {
        ulong hash = 0;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(control))
            hash = (hash + word) * 0x9E37_79B9_7F4A_7C15;
        ref nint bucket = ref Buckets[hash >> 56];
        lock (Guard)
        {
            for (Record* known = (Record*)bucket; known != null; known = known->Next)
            {
                if (control.SequenceEqual(new ReadOnlySpan<byte>(known->Vectors, Record.Size)))
                    return (ulong)known;
            }
            Record* made = (Record*)NativeMemory.AlignedAlloc((nuint)sizeof(Record), Record.Size);
            control.CopyTo(new Span<byte>(made->Vectors, Record.Size));
            made->Next = (Record*)bucket;
            bucket = (nint)made;
            return (ulong)made;
        }
    }
}
