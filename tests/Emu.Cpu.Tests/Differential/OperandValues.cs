using System.Buffers.Binary;
using Emu.Cpu.Tests.X87;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Numbers where behaviour changes, and random ones around them.</summary>
internal static class OperandValues
{
    private static readonly ulong[] Integers =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 0x7F, 0x80, 0x81, 0xFF, 0x100, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x1_0000,
        0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
        0x8000_0000_0000_0001, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FF80, 0xFFFF_FFFF_FFFF_8000, 0xFFFF_FFFF_8000_0000,
        0x0123_4567_89AB_CDEF, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA, 0x00FF_00FF_00FF_00FF,
    ];

    private static readonly uint[] Singles =
    [
        0, 1, 2, 0x007F_FFFF, 0x0040_0000, 0x0080_0000, 0x0080_0001, 0x3F80_0000, 0x3F80_0001, 0x3F7F_FFFF, 0x4000_0000, 0x3F00_0000,
        0x3FC0_0000, 0x4020_0000, 0x4060_0000, 0x7F7F_FFFF, 0x7F00_0000, 0x7F80_0000, 0x7F80_0001, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FC0_1234,
        0x4B00_0000, 0x4B00_0001, 0x4AFF_FFFF, 0x4EFF_FFFF, 0x4F00_0000, 0x4F00_0001, 0x5EFF_FFFF, 0x5F00_0000, 0x3EAA_AAAB, 0x3380_0000,
        0x1F80_0000, 0x2000_0000, 0x5F80_0000, 0x0C00_0000,
    ];

    private static readonly ulong[] Doubles =
    [
        0, 1, 2, 0x000F_FFFF_FFFF_FFFF, 0x0008_0000_0000_0000, 0x0010_0000_0000_0000, 0x0010_0000_0000_0001, 0x3FF0_0000_0000_0000,
        0x3FF0_0000_0000_0001, 0x3FEF_FFFF_FFFF_FFFF, 0x4000_0000_0000_0000, 0x3FE0_0000_0000_0000, 0x3FF8_0000_0000_0000,
        0x4004_0000_0000_0000, 0x400C_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0x7FE0_0000_0000_0000, 0x7FF0_0000_0000_0000,
        0x7FF0_0000_0000_0001, 0x7FF7_FFFF_FFFF_FFFF, 0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_1234, 0x4330_0000_0000_0000,
        0x4330_0000_0000_0001, 0x432F_FFFF_FFFF_FFFF, 0x41DF_FFFF_FFC0_0000, 0x41DF_FFFF_FFE0_0000, 0x41E0_0000_0000_0000,
        0x41E0_0000_0010_0000, 0x43DF_FFFF_FFFF_FFFF, 0x43E0_0000_0000_0000, 0x3FD5_5555_5555_5555, 0x3CA0_0000_0000_0000,
        0x1FF0_0000_0000_0000, 0x2000_0000_0000_0000, 0x5FE0_0000_0000_0000, 0x47EF_FFFF_E000_0000, 0x47EF_FFFF_F000_0000,
        0x47EF_FFFF_EFFF_FFFF, 0x3810_0000_0000_0000, 0x380F_FFFF_FFFF_FFFF, 0x380F_FFFF_E000_0000, 0x36A0_0000_0000_0000,
        0x3690_0000_0000_0000,
    ];

    /// <summary>An integer: an edge, a small one, or any.</summary>
    public static ulong Integer(Random random) => random.Next(4) switch
    {
        0 => Integers[random.Next(Integers.Length)],
        1 => Integers[random.Next(Integers.Length)] + (ulong)random.Next(-2, 3),
        2 => (ulong)random.Next(-70, 71),
        _ => X87Cases.RandomSignificand(random),
    };

    /// <summary>The bits of a number of single precision.</summary>
    public static uint Single(Random random)
    {
        uint sign = (uint)random.Next(2) << 31, fraction = (uint)X87Cases.RandomSignificand(random) & 0x007F_FFFF;
        return random.Next(8) switch
        {
            0 or 1 => sign | Singles[random.Next(Singles.Length)],
            2 => sign | fraction,
            3 => sign | ((uint)random.Next(1, 0xFF) << 23) | fraction,
            4 => sign | ((uint)random.Next(0x7E, 0xA0) << 23) | fraction,
            _ => sign | ((uint)random.Next(0x70, 0x90) << 23) | fraction,
        };
    }

    /// <summary>The bits of a number of double precision.</summary>
    public static ulong Double(Random random)
    {
        ulong sign = (ulong)random.Next(2) << 63, fraction = X87Cases.RandomSignificand(random) & 0x000F_FFFF_FFFF_FFFF;
        return random.Next(8) switch
        {
            0 or 1 => sign | Doubles[random.Next(Doubles.Length)],
            2 => sign | fraction,
            3 => sign | ((ulong)random.Next(1, 0x7FF) << 52) | fraction,
            4 => sign | ((ulong)random.Next(0x3FE, 0x440) << 52) | fraction,
            _ => sign | ((ulong)random.Next(0x3F0, 0x410) << 52) | fraction,
        };
    }

    /// <summary>Fills 16 bytes with elements of one kind.</summary>
    public static void Vector(Random random, Span<byte> bytes)
    {
        switch (random.Next(8))
        {
            case 0 or 1:
                for (int at = 0; at < 16; at += 4)
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], Single(random));
                break;
            case 2 or 3 or 4:
                for (int at = 0; at < 16; at += 8)
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], Double(random));
                break;
            case 5:
                // Text: what string comparisons find something in.
                for (int at = 0; at < 16; at++)
                    bytes[at] = (byte)(random.Next(12) == 0 ? 0 : 'a' + random.Next(4));
                break;
            case 6:
                for (int at = 0; at < 16; at += 2)
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], (ushort)Integer(random));
                break;
            default:
                for (int at = 0; at < 16; at += 8)
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], Integer(random));
                break;
        }
    }

    /// <summary>MXCSR: mostly that of common programs, sometimes any.</summary>
    public static uint Mxcsr(Random random) => random.Next(8) switch
    {
        0 or 1 => 0x1F80,
        2 or 3 => 0x1FA0 | (uint)random.Next(0x20),
        4 => 0x1F80 | ((uint)random.Next(4) << 13),
        5 => 0x1F80 | (uint)random.Next(0x10000),
        _ => (uint)random.Next(0x10000),
    };
}
