using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>PBLENDVB, BLENDVPS, BLENDVPD, PTEST, MPSADBW and PHMINPOSUW. Intel SDM vol. 2B.</summary>
internal static unsafe class PackedSpecial
{
    /// <summary>PBLENDVB, BLENDVPS, BLENDVPD: the signs of XMM0's elements choose.</summary>
    public static void BlendVariable(BlockBuilder b, in Instruction i)
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(i.Mnemonic switch
        {
            Mnemonic.Pblendvb => &Blend<sbyte>.Run<Xmm>,
            Mnemonic.Blendvps => &Blend<int>.Run<Xmm>,
            _ => (Handler)(&Blend<long>.Run<Xmm>),
        }, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>PTEST: ZF tells that no bit of the source is set in the destination, CF that none is clear.</summary>
    public static void Test(BlockBuilder b, in Instruction i)
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&TestBits, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>MPSADBW.</summary>
    public static void SumsOfDifferences(BlockBuilder b, in Instruction i)
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&SumDifferences, Reg.Offset(i.Op0Register), source, i.Immediate8);
    }

    private static Block* TestBits(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Vector128<byte> a = Xmm.Load(s, op->Destination), b = Xmm.Load(s, op->Source);
        bool zero = (a & b) == Vector128<byte>.Zero, carry = Vector128.AndNot(b, a) == Vector128<byte>.Zero;
        s->Flags.SetZeroCarry(zero, carry);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* SumDifferences(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Xmm.Store(s, op->Destination, SumDifferences(Xmm.Load(s, op->Destination), Xmm.Load(s, op->Source), (int)op->Immediate));
        return op[1].Handler(s, op + 1, c);
    }

    // Eight sums: four bytes of the source against those that begin at each of eight places of the destination.
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

    private readonly struct Blend<T> : IVectorHandler
        where T : unmanaged
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<T> mask = TForm.Load(s, Reg.Vector(0)).As<byte, T>();
            Vector128<byte> chosen = Vector128.LessThan(mask, Vector128<T>.Zero).AsByte();
            TForm.Store(s, op->Destination,
                Vector128.ConditionalSelect(chosen, TForm.Load(s, op->Source), TForm.Load(s, op->Destination)));
            return op[1].Handler(s, op + 1, c);
        }
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
