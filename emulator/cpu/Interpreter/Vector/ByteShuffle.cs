using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Emu.Cpu;

/// <summary>Rearrangements of bytes by a control that is made when the instruction is decoded.</summary>
/// <remarks>
/// A control has a byte for each byte of the result: which byte of the source goes there, or <see cref="None"/> for a zero. Of one with two
/// sources the results are combined. Equal controls share their memory, which lives as long as the program: there are few.
/// </remarks>
internal static unsafe class ByteShuffle
{
    /// <summary>Stands for a zero.</summary>
    public const byte None = 0x80;

    /// <summary>Added to an index to mean the second source.</summary>
    public const byte Second = 16;

    private static readonly Dictionary<(UInt128, UInt128), nint> Controls = new(new PairComparer());

    /// <summary>A control for one source.</summary>
    /// <returns>Its address, for the immediate.</returns>
    public static ulong Control(ReadOnlySpan<byte> bytes) => Intern(MemoryMarshal.Read<UInt128>(bytes), 0);

    /// <summary>A control for two sources, each index from 0 to 31.</summary>
    /// <returns>Address of the pair, for the immediate.</returns>
    public static ulong PairControl(ReadOnlySpan<byte> bytes)
    {
        Span<byte> first = stackalloc byte[16], second = stackalloc byte[16];
        for (int at = 0; at < 16; at++)
        {
            byte index = bytes[at];
            first[at] = index < Second ? index : None;
            second[at] = index is >= Second and < None ? (byte)(index - Second) : None;
        }
        return Intern(MemoryMarshal.Read<UInt128>(first), MemoryMarshal.Read<UInt128>(second));
    }

    /// <summary>The bytes of a vector in another order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> value, Vector128<byte> control) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(value, control) : Vector128.Shuffle(value, control);

    /// <summary>Takes the source, rearranged.</summary>
    internal readonly struct FromOne : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            TForm.Store(s, op->Destination, Apply(TForm.Load(s, op->Source), *(Vector128<byte>*)op->Immediate));
            return op[1].Handler(s, op + 1, c);
        }
    }

    /// <summary>Combines bytes of destination and source.</summary>
    internal readonly struct FromTwo : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<byte>* control = (Vector128<byte>*)op->Immediate;
            Vector128<byte> first = Apply(TForm.Load(s, op->Destination), control[0]);
            TForm.Store(s, op->Destination, first | Apply(TForm.Load(s, op->Source), control[1]));
            return op[1].Handler(s, op + 1, c);
        }
    }

    // The default one would be made by reflection, and compiled when the program runs.
    private sealed class PairComparer : IEqualityComparer<(UInt128 First, UInt128 Second)>
    {
        public bool Equals((UInt128 First, UInt128 Second) x, (UInt128 First, UInt128 Second) y) => x.First == y.First && x.Second == y.Second;

        public int GetHashCode((UInt128 First, UInt128 Second) pair) => HashCode.Combine(pair.First, pair.Second);
    }

    private static ulong Intern(UInt128 first, UInt128 second)
    {
        lock (Controls)
        {
            ref nint known = ref CollectionsMarshal.GetValueRefOrAddDefault(Controls, (first, second), out bool exists);
            if (!exists)
            {
                UInt128* pair = (UInt128*)NativeMemory.AlignedAlloc(32, 32);
                pair[0] = first;
                pair[1] = second;
                known = (nint)pair;
            }
            return (ulong)known;
        }
    }
}
