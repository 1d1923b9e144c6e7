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

    private static readonly Dictionary<string, nint> Controls = [];

    /// <summary>A control for one source.</summary>
    /// <returns>Its address, for the immediate: a vector for each lane.</returns>
    public static ulong Control(ReadOnlySpan<byte> bytes)
    {
        Span<byte> vectors = stackalloc byte[2 * Length];
        vectors.Clear();
        bytes[..Length].CopyTo(vectors);
        return Intern(vectors);
    }

    /// <summary>A control for two sources, each index from 0 to 31.</summary>
    /// <returns>Its address, for the immediate: a pair of vectors for each lane.</returns>
    public static ulong PairControl(ReadOnlySpan<byte> bytes)
    {
        const int Lane = Length / 2;
        Span<byte> vectors = stackalloc byte[2 * Length];
        for (int at = 0; at < Length; at++)
        {
            byte index = bytes[at];
            Span<byte> pair = vectors[(at / Lane * Length)..];
            pair[at % Lane] = index < Second ? index : None;
            pair[Lane + (at % Lane)] = index is >= Second and < None ? (byte)(index - Second) : None;
        }
        return Intern(vectors);
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

    // Text is a key that the precompiled framework knows: a type of our own would be compiled when the program runs.
    private static ulong Intern(ReadOnlySpan<byte> vectors)
    {
        string key = new(MemoryMarshal.Cast<byte, char>(vectors));
        lock (Controls)
        {
            if (!Controls.TryGetValue(key, out nint known))
            {
                byte* place = (byte*)NativeMemory.AlignedAlloc(2 * Length, 2 * Length);
                vectors.CopyTo(new Span<byte>(place, 2 * Length));
                Controls.Add(key, known = (nint)place);
            }
            return (ulong)known;
        }
    }
}
