using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Cpu;

/// <summary>What one CPU needs while it runs guest code; the engines' pointer. In unmanaged memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirtualCpu
{
    /// <summary>Entries of the TLB.</summary>
    public const int TlbEntries = 4096;

    /// <summary>Entries of the cache of jump targets.</summary>
    public const int JumpEntries = 4096;

    /// <summary>Bits of <see cref="TlbKey"/> that name an address space.</summary>
    public const ulong TlbKeyMask = (1UL << Mm.MmConstants.PageShift) - 1;

    /// <summary>Set in <see cref="TlbKey"/> while RFLAGS.AC is: no tag matches, so that the slow path sees every access and checks it.</summary>
    public const ulong AlignmentCheckKey = 1UL << 62;

    /// <summary>Low bits of every valid tag: which generation of which address space may be used.</summary>
    public ulong TlbKey;

    /// <summary>Instructions that may still be executed before the engine looks around.</summary>
    public long Fuel;

    /// <summary>Instructions that may be executed in this slice beyond <see cref="Fuel"/>.</summary>
    public long Reserve;

    /// <summary>Not zero: leave at the end of the block. Set by other threads.</summary>
    public int Interrupt;

    /// <summary>Why the engine left, an <see cref="Cpu.ExitReason"/>.</summary>
    public ExitReason Exit;

    /// <summary>The block that is executed. Its instructions are charged in full on entry.</summary>
    public Block* Current;

    /// <summary>Where the block that is looked up next can be linked, or null.</summary>
    public Block** LinkSlot;

    /// <summary>Instructions that may still be executed in this slice.</summary>
    public readonly long Budget => Fuel + Reserve;

    /// <summary>Handle of the <see cref="Processor"/>.</summary>
    public nint Owner;

    /// <summary>Set if <see cref="Scratch"/> stands for guest memory and is to be written back there.</summary>
    public ulong ScratchAddress;

    /// <summary>Stands for an operand that crosses a page, or lies in a frame that is watched.</summary>
    public fixed byte Scratch[128];

    /// <summary>Jump targets by hash of their address.</summary>
    public JumpTable Jumps;

    /// <summary>Translations by low bits of the page number.</summary>
    public TlbTable Tlb;

    [InlineArray(JumpEntries)]
    public struct JumpTable
    {
        private JumpEntry _first;
    }

    [InlineArray(TlbEntries)]
    public struct TlbTable
    {
        private TlbEntry _first;
    }
}

/// <summary>A cached jump target. Valid if the tag is the address with the TLB key in the bits above 47.</summary>
internal unsafe struct JumpEntry
{
    public ulong Tag;
    public Block* Target;
}

/// <summary>A cached translation. A tag is the page's address with the TLB key in its low bits; 0 never matches.</summary>
internal struct TlbEntry
{
    /// <summary>Matches if reads are allowed.</summary>
    public ulong Read;

    /// <summary>Matches if writes are allowed, D is set, and nobody watches the frame.</summary>
    public ulong Write;

    /// <summary>Matches if instruction fetches are allowed.</summary>
    public ulong Exec;

    /// <summary>Host address less guest address.</summary>
    public ulong Addend;
}
