using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>A conversion of one element into one of another format.</summary>
internal interface IElementConversion
{
    /// <summary>Bytes of an element of the source.</summary>
    static abstract int FromBytes { get; }

    /// <summary>Bytes of an element of the result.</summary>
    static abstract int ToBytes { get; }

    /// <summary>Sets what the conversion does not take from MXCSR.</summary>
    static abstract void Prepare(ref FloatContext context);

    /// <summary>Converts.</summary>
    static abstract ulong Apply(ulong bits, ref FloatContext context);
}

/// <summary>Conversions of whole vectors: as many elements as the wider of source and destination holds; what is above becomes zero.</summary>
internal static unsafe class FloatElements
{
    private const int LaneBytes = 16, MmxElements = 2;

    /// <summary>Binds a conversion between vector registers.</summary>
    public static void Bind<TConversion>(BlockBuilder b, in Instruction i)
        where TConversion : struct, IElementConversion
    {
        ushort source = VectorOperands.EmitSource(b, i);
        bool wide = IsWide(i, 0) || IsWide(i, VectorOperands.LastSource(i));
        b.Emit(VectorOperands.Select<Convert<TConversion>>(i, wide ? Register.YMM0 : Register.XMM0), Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds a conversion to an MMX register.</summary>
    public static void BindToMmx<TConversion>(BlockBuilder b, in Instruction i)
        where TConversion : struct, IElementConversion
    {
        MmxState.EmitCheck(b);
        ushort source = VectorMemory.EmitSource(b, i, 1);
        MmxState.EmitEnter(b); // before #XM
        b.Emit(&Convert<TConversion>.Run<Mmx>, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>
    /// Binds a conversion of two elements from an MMX register or memory. One to double precision leaves the x87 state alone if they come
    /// from memory; one to single precision leaves the high half of the destination.
    /// </summary>
    public static void BindFromMmx<TConversion>(BlockBuilder b, in Instruction i)
        where TConversion : struct, IElementConversion
    {
        bool enters = i.Op1Kind == OpKind.Register || TConversion.ToBytes == 4;
        if (enters)
            MmxState.EmitCheck(b);
        ushort source = VectorMemory.EmitSource(b, i, 1);
        if (enters)
            MmxState.EmitEnter(b); // before #XM
        b.Emit(&FromMmx<TConversion>, Reg.Offset(i.Op0Register), source);
    }

    private static bool IsWide(in Instruction i, int operand) =>
        i.GetOpKind(operand) == OpKind.Register ? i.GetOpRegister(operand).IsYMM() : i.MemorySize.GetSize() > LaneBytes;

    private readonly struct Convert<TConversion> : IVectorHandler
        where TConversion : struct, IElementConversion
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm => Elements<TForm>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Elements<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            int count = TForm.IsHalf ? MmxElements : LaneBytes * TForm.Lanes / Math.Max(TConversion.FromBytes, TConversion.ToBytes);
            Vector128<byte>* results = stackalloc Vector128<byte>[2];
            FloatContext context = new(s->Mxcsr);
            ConvertAll<TConversion>((byte*)Access.Register(s, op->Source), (byte*)results, count, ref context);
            return FloatVector.Finish<TForm, byte>(s, op, c, results, context);
        }
    }

    private static Block* FromMmx<TConversion>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TConversion : struct, IElementConversion => PairFromMmx<TConversion>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool PairFromMmx<TConversion>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TConversion : struct, IElementConversion
    {
        Vector128<byte> result = Xmm.Load(s, op->Destination);
        FloatContext context = new(s->Mxcsr);
        ConvertAll<TConversion>((byte*)Access.Register(s, op->Source), (byte*)&result, MmxElements, ref context);
        return FloatVector.Finish<Xmm, byte>(s, op, c, &result, context);
    }

    /// <summary>Converts elements from one place to another.</summary>
    public static void ConvertAll<TConversion>(byte* source, byte* result, int count, ref FloatContext context)
        where TConversion : struct, IElementConversion
    {
        TConversion.Prepare(ref context);
        for (int at = 0; at < count; at++)
        {
            byte* from = source + (at * TConversion.FromBytes), to = result + (at * TConversion.ToBytes);
            ulong bits = TConversion.FromBytes switch { 2 => *(ushort*)from, 4 => *(uint*)from, _ => *(ulong*)from };
            ulong converted = TConversion.Apply(bits, ref context);
            if (TConversion.ToBytes == 2)
                *(ushort*)to = (ushort)converted;
            else if (TConversion.ToBytes == 4)
                *(uint*)to = (uint)converted;
            else
                *(ulong*)to = converted;
        }
    }
}

/// <summary>Single to double precision.</summary>
internal readonly struct WidenElement : IElementConversion
{
    public static int FromBytes => 4;

    public static int ToBytes => 8;

    public static void Prepare(ref FloatContext context)
    {
    }

    public static ulong Apply(ulong bits, ref FloatContext context) => FloatMath.Widen<float, double>(bits, ref context);
}

/// <summary>Double to single precision.</summary>
internal readonly struct NarrowElement : IElementConversion
{
    public static int FromBytes => 8;

    public static int ToBytes => 4;

    public static void Prepare(ref FloatContext context)
    {
    }

    public static ulong Apply(ulong bits, ref FloatContext context) => FloatMath.Narrow<double, float>(bits, ref context);
}

/// <summary>A number to a signed doubleword.</summary>
internal readonly struct ElementToInteger<T, TRounding> : IElementConversion
    where T : unmanaged
    where TRounding : struct, IIntegerRounding
{
    public static int FromBytes => Unsafe.SizeOf<T>();

    public static int ToBytes => 4;

    public static void Prepare(ref FloatContext context)
    {
        if (TRounding.Truncates)
            context.Rounding = FloatRounding.Zero;
    }

    public static ulong Apply(ulong bits, ref FloatContext context) => FloatMath.ToInteger<T>(bits, 32, ref context);
}

/// <summary>A signed doubleword to a number.</summary>
internal readonly struct ElementFromInteger<T> : IElementConversion
    where T : unmanaged
{
    public static int FromBytes => 4;

    public static int ToBytes => Unsafe.SizeOf<T>();

    public static void Prepare(ref FloatContext context)
    {
    }

    public static ulong Apply(ulong bits, ref FloatContext context) => FloatMath.FromInteger<T>((int)bits, ref context);
}

/// <summary>Half to single precision. Denormals are numbers whatever MXCSR says, and raise nothing.</summary>
internal readonly struct WidenHalf : IElementConversion
{
    public static int FromBytes => 2;

    public static int ToBytes => 4;

    public static void Prepare(ref FloatContext context)
    {
    }

    public static ulong Apply(ulong bits, ref FloatContext context)
    {
        FloatContext own = new(Mxcsr.Default);
        ulong result = FloatMath.Widen<Half, float>(bits, ref own);
        context.Raised |= own.Raised & Mxcsr.Invalid;
        return result;
    }
}

/// <summary>Single to half precision.</summary>
internal readonly struct NarrowToHalf : IElementConversion
{
    public static int FromBytes => 4;

    public static int ToBytes => 2;

    public static void Prepare(ref FloatContext context)
    {
    }

    public static ulong Apply(ulong bits, ref FloatContext context) => FloatMath.Narrow<float, Half>(bits, ref context);
}
