using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>PBLENDVB, BLENDVPS, BLENDVPD, PTEST, VTESTPS, VTESTPD, MPSADBW and PHMINPOSUW. Intel SDM vol. 2B.</summary>
internal static unsafe class PackedSpecial
{
    /// <summary>PBLENDVB, BLENDVPS, BLENDVPD: the signs of a mask's elements choose. In the encodings of SSE the mask is XMM0.</summary>
    public static void BlendVariable<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged
    {
        if (!VectorOperands.IsVex(i))
        {
            VectorOperands.BindLanes<Choose<T>>(b, i, Reg.Vector(0));
            return;
        }
        ushort source = VectorMemory.EmitSource(b, i, 2), mask = Reg.Offset(i.Op3Register);
        b.EmitVector(VectorOperands.Select<ByLane<Choose<T>>>(i, i.Op0Register), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), source, mask);
    }

    /// <summary>PTEST: ZF tells that no bit of the last source is set in the first, CF that none is clear.</summary>
    public static void Test(BlockBuilder b, in Instruction i) => VectorOperands.Bind<TestBits<AllBits>>(b, i);

    /// <summary>VTESTPS: the same of the signs alone.</summary>
    public static void TestSingles(BlockBuilder b, in Instruction i) => VectorOperands.Bind<TestBits<SignsOfSingles>>(b, i);

    /// <summary>VTESTPD.</summary>
    public static void TestDoubles(BlockBuilder b, in Instruction i) => VectorOperands.Bind<TestBits<SignsOfDoubles>>(b, i);

    /// <summary>MPSADBW: bits 0 to 2 of the immediate for the low lane, 3 to 5 for the high one.</summary>
    public static void SumsOfDifferences(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<Sums>(b, i, i.Immediate8);

    private readonly struct Choose<T> : ILaneOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<T> mask = TForm.Load(s, (ushort)op->Immediate, lane).As<byte, T>();
            Vector128<byte> chosen = Vector128.LessThan(mask, Vector128<T>.Zero).AsByte();
            return Vector128.ConditionalSelect(chosen, TForm.Load(s, op->Source, lane), TForm.Load(s, op->Base, lane));
        }
    }

    /// <summary>The bits that a test looks at.</summary>
    private interface ITestedBits
    {
        static abstract Vector128<byte> Mask { get; }
    }

    private readonly struct AllBits : ITestedBits
    {
        public static Vector128<byte> Mask => Vector128<byte>.AllBitsSet;
    }

    private readonly struct SignsOfSingles : ITestedBits
    {
        public static Vector128<byte> Mask => Vector128.Create(1u << 31).AsByte();
    }

    private readonly struct SignsOfDoubles : ITestedBits
    {
        public static Vector128<byte> Mask => Vector128.Create(1UL << 63).AsByte();
    }

    private readonly struct TestBits<TBits> : IVectorHandler
        where TBits : struct, ITestedBits
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> both = default, only = default;
            for (int lane = 0; lane < TForm.Lanes; lane++)
            {
                Vector128<byte> a = TForm.Load(s, op->Destination, lane), b = TForm.Load(s, op->Source, lane) & TBits.Mask;
                both |= a & b;
                only |= Vector128.AndNot(b, a);
            }
            s->Flags.SetZeroCarry(both == Vector128<byte>.Zero, only == Vector128<byte>.Zero);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct Sums : ILaneOperation
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm =>
            SumDifferences(TForm.Load(s, op->Base, lane), TForm.Load(s, op->Source, lane), (int)(op->Immediate >> (3 * lane)));
    }

    // Eight sums: four bytes of the second source against those that begin at each of eight places of the first.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> SumDifferences(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        Vector128<ushort> result = default;
        int start = immediate & 4, source = (immediate & 3) * 4;
        for (int at = 0; at < 8; at++)
        {
            int sum = 0;
            for (int k = 0; k < 4; k++)
                sum += Math.Abs(a.GetElement(start + at + k) - b.GetElement(source + k));
            result = result.WithElement(at, (ushort)sum);
        }
        return result.AsByte();
    }
}

/// <summary>PHMINPOSUW: the smallest word and its place.</summary>
internal readonly struct HorizontalMinimum : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<ushort> words = b.AsUInt16();
        int place = 0;
        for (int at = 1; at < 8; at++)
        {
            if (words.GetElement(at) < words.GetElement(place))
                place = at;
        }
        return Vector128.CreateScalar(words.GetElement(place) | ((ulong)place << 16)).AsByte();
    }
}
