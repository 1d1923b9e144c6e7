using Emu.Mm;

namespace Emu.Cli;

/// <summary>Writes entries of page tables: the frame, and eight letters for the flags.</summary>
/// <remarks>
/// <code>
/// R  readable (N: PROT_NONE, the frame is kept but no access may use it)
/// W  writable            L  maps a large page        U  user mode may use it
/// A  accessed            D  dirty                    S  special: the zero page, or no page of memory
/// X  executable
/// </code>
/// </remarks>
internal static class PteText
{
    /// <summary>Bytes of <see cref="Append"/> for an entry with a frame.</summary>
    public const int Width = FrameDigits + 1 + 8;

    private const int FrameDigits = 8;

    /// <summary>Adds an entry: <c>0000a1c2 RW-UAD--</c>, <c>swap 0x...</c>, or <c>-</c> for an empty one.</summary>
    public static void Append(ByteWriter writer, Pte entry)
    {
        if (entry.IsNone)
            writer.Add((byte)'-');
        else if (entry.IsSwap)
            writer.Add("swap 0x"u8).AddHex(entry.Value);
        else
            AppendFlags(writer.AddHex(entry.Pfn, FrameDigits).Add((byte)' '), entry);
    }

    /// <summary>Adds the eight letters of an entry that holds a frame.</summary>
    public static void AppendFlags(ByteWriter writer, Pte entry)
    {
        writer.Add(entry.IsProtNone ? (byte)'N' : (byte)'R');
        Add(writer, entry, Pte.WriteBit, 'W');
        Add(writer, entry, Pte.LargeBit, 'L');
        Add(writer, entry, Pte.UserBit, 'U');
        Add(writer, entry, Pte.AccessedBit, 'A');
        Add(writer, entry, Pte.DirtyBit, 'D');
        Add(writer, entry, Pte.SpecialBit, 'S');
        writer.Add((entry.Value & Pte.NoExecuteBit) == 0 ? (byte)'X' : (byte)'-');
    }

    private static void Add(ByteWriter writer, Pte entry, ulong bit, char letter) =>
        writer.Add((entry.Value & bit) != 0 ? (byte)letter : (byte)'-');
}
