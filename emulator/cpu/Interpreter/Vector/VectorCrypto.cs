using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>AES, VAES, PCLMULQDQ, SHA and GFNI where they have an operand beyond two vectors. Intel SDM vol. 2.</summary>
internal static unsafe class VectorCrypto
{
    /// <summary>PCLMULQDQ: bits 0 and 4 of the immediate choose the halves.</summary>
    public static void CarrylessMultiply(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<Polynomials>(b, i, i.Immediate8);

    /// <summary>AESKEYGENASSIST.</summary>
    public static void KeyAssist(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<Assist>(b, i, i.Immediate8);

    /// <summary>SHA1RNDS4.</summary>
    public static void Sha1Rounds(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<FourRounds>(b, i, (ulong)i.Immediate8 & 3);

    /// <summary>SHA256RNDS2: the words are in XMM0.</summary>
    public static void Sha256Rounds(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<TwoRounds>(b, i);

    /// <summary>GF2P8AFFINEQB.</summary>
    public static void Affine(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<AffineBytes>(b, i, i.Immediate8);

    /// <summary>GF2P8AFFINEINVQB.</summary>
    public static void AffineInverse(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<AffineInverses>(b, i, i.Immediate8);

    private readonly struct Polynomials : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            ulong x = TForm.Load(s, op->Base, lane).AsUInt64()[(int)op->Immediate & 1], y = TForm.Load(s, op->Source, lane).AsUInt64()[(int)(op->Immediate >> 4) & 1];
            if (Pclmulqdq.IsSupported)
                return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(x), Vector128.CreateScalar(y), 0).AsByte();
            UInt128 product = GaloisField.CarrylessMultiply(x, y);
            return Vector128.Create((ulong)product, (ulong)(product >> 64)).AsByte();
        }
    }

    private readonly struct Assist : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => AesRound.KeyAssist(TForm.Load(s, op->Source, lane), (byte)op->Immediate);
    }

    private readonly struct FourRounds : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm =>
            ShaRounds.FourRounds(TForm.Load(s, op->Base).AsUInt32(), TForm.Load(s, op->Source).AsUInt32(), (int)op->Immediate).AsByte();
    }

    private readonly struct TwoRounds : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm =>
            ShaRounds.TwoRounds(TForm.Load(s, op->Base).AsUInt32(), TForm.Load(s, op->Source).AsUInt32(), TForm.Load(s, Reg.Vector(0)).AsUInt32()).AsByte();
    }

    private readonly struct AffineBytes : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> value = TForm.Load(s, op->Base, lane), result = default;
            Vector128<ulong> matrix = TForm.Load(s, op->Source, lane).AsUInt64();
            for (int at = 0; at < Vector128<byte>.Count; at++)
                result = result.WithElement(at, GaloisField.Affine(matrix[at / 8], value[at], (byte)op->Immediate));
            return result;
        }
    }

    private readonly struct AffineInverses : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> value = TForm.Load(s, op->Base, lane), result = default;
            Vector128<ulong> matrix = TForm.Load(s, op->Source, lane).AsUInt64();
            for (int at = 0; at < Vector128<byte>.Count; at++)
                result = result.WithElement(at, GaloisField.Affine(matrix[at / 8], GaloisField.Inverse(value[at]), (byte)op->Immediate));
            return result;
        }
    }
}

/// <summary>AESENC.</summary>
internal readonly struct AesEncrypt : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => AesRound.Encrypt(a, b);
}

/// <summary>AESENCLAST.</summary>
internal readonly struct AesEncryptLast : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => AesRound.EncryptLast(a, b);
}

/// <summary>AESDEC.</summary>
internal readonly struct AesDecrypt : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => AesRound.Decrypt(a, b);
}

/// <summary>AESDECLAST.</summary>
internal readonly struct AesDecryptLast : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => AesRound.DecryptLast(a, b);
}

/// <summary>AESIMC.</summary>
internal readonly struct AesInverseMixColumns : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => AesRound.InverseMixColumns(b);
}

/// <summary>SHA1NEXTE.</summary>
internal readonly struct Sha1NextE : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ShaRounds.NextE(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>SHA1MSG1.</summary>
internal readonly struct Sha1Schedule1 : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ShaRounds.Schedule1(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>SHA1MSG2.</summary>
internal readonly struct Sha1Schedule2 : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ShaRounds.Schedule2(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>SHA256MSG1.</summary>
internal readonly struct Sha256Schedule1 : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ShaRounds.Schedule256Low(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>SHA256MSG2.</summary>
internal readonly struct Sha256Schedule2 : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ShaRounds.Schedule256High(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>GF2P8MULB.</summary>
internal readonly struct GaloisMultiply : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<byte> result = default;
        for (int at = 0; at < Vector128<byte>.Count; at++)
            result = result.WithElement(at, GaloisField.Multiply(a[at], b[at]));
        return result;
    }
}
