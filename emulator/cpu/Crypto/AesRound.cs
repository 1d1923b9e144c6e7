using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Emu.Cpu;

/// <summary>The rounds of AES on a state of 16 bytes, column by column. Intel SDM vol. 1, 12.13; FIPS 197.</summary>
internal static class AesRound
{
    // Where each byte of the state comes from: row r of column c is byte 4c + r.
    private static readonly Vector128<byte> ShiftRows = Vector128.Create((byte)0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11);

    private static readonly Vector128<byte> InverseShiftRows = Vector128.Create((byte)0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3);

    private static readonly byte[] Substitutes = MakeSubstitutes();

    private static readonly byte[] InverseSubstitutes = Invert(Substitutes);

    /// <summary>AESENC.</summary>
    public static Vector128<byte> Encrypt(Vector128<byte> state, Vector128<byte> key) => Aes.IsSupported
        ? Aes.Encrypt(state, key)
        : MixColumns(Substitute(Vector128.Shuffle(state, ShiftRows), Substitutes)) ^ key;

    /// <summary>AESENCLAST.</summary>
    public static Vector128<byte> EncryptLast(Vector128<byte> state, Vector128<byte> key) => Aes.IsSupported
        ? Aes.EncryptLast(state, key)
        : Substitute(Vector128.Shuffle(state, ShiftRows), Substitutes) ^ key;

    /// <summary>AESDEC.</summary>
    public static Vector128<byte> Decrypt(Vector128<byte> state, Vector128<byte> key) => Aes.IsSupported
        ? Aes.Decrypt(state, key)
        : InverseMixColumns(Substitute(Vector128.Shuffle(state, InverseShiftRows), InverseSubstitutes)) ^ key;

    /// <summary>AESDECLAST.</summary>
    public static Vector128<byte> DecryptLast(Vector128<byte> state, Vector128<byte> key) => Aes.IsSupported
        ? Aes.DecryptLast(state, key)
        : Substitute(Vector128.Shuffle(state, InverseShiftRows), InverseSubstitutes) ^ key;

    /// <summary>AESIMC.</summary>
    public static Vector128<byte> InverseMixColumns(Vector128<byte> state)
    {
        if (Aes.IsSupported)
            return Aes.InverseMixColumns(state);
        // The inverse is the transformation itself after another that multiplies by 5 and 4.
        Vector128<byte> four = Double(Double(state));
        return MixColumns(state ^ four ^ Rotate(four, 16));
    }

    /// <summary>AESKEYGENASSIST.</summary>
    public static Vector128<byte> KeyAssist(Vector128<byte> key, byte constant)
    {
        Vector128<uint> words = Substitute(key, Substitutes).AsUInt32();
        uint one = words[1], three = words[3];
        return Vector128.Create(one, BitOperations.RotateRight(one, 8) ^ constant, three, BitOperations.RotateRight(three, 8) ^ constant).AsByte();
    }

    // 2, 3, 1 and 1 times the bytes of a column.
    private static Vector128<byte> MixColumns(Vector128<byte> state)
    {
        Vector128<byte> next = Rotate(state, 8);
        return Double(state ^ next) ^ next ^ Rotate(state, 16) ^ Rotate(state, 24);
    }

    private static Vector128<byte> Rotate(Vector128<byte> state, int bits) => ((state.AsUInt32() >>> bits) | (state.AsUInt32() << (32 - bits))).AsByte();

    private static Vector128<byte> Double(Vector128<byte> value) =>
        (value + value) ^ (Vector128.LessThan(value.AsSByte(), Vector128<sbyte>.Zero).AsByte() & Vector128.Create((byte)0x1B));

    private static Vector128<byte> Substitute(Vector128<byte> state, byte[] table)
    {
        Vector128<byte> result = default;
        for (int at = 0; at < Vector128<byte>.Count; at++)
            result = result.WithElement(at, table[state[at]]);
        return result;
    }

    // The inverse in GF(2^8), and an affine transformation.
    private static byte[] MakeSubstitutes()
    {
        byte[] table = new byte[256];
        for (int at = 0; at < table.Length; at++)
        {
            uint value = GaloisField.Inverse((byte)at);
            value |= value << 8;
            table[at] = (byte)(value ^ (value >> 4) ^ (value >> 5) ^ (value >> 6) ^ (value >> 7) ^ 0x63);
        }
        return table;
    }

    private static byte[] Invert(byte[] table)
    {
        byte[] inverse = new byte[table.Length];
        for (int at = 0; at < table.Length; at++)
            inverse[table[at]] = (byte)at;
        return inverse;
    }
}
