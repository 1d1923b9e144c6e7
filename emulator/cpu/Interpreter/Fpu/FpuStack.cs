using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>The register stack of the x87 FPU. Intel SDM vol. 1, 8.1.2.</summary>
internal static unsafe class FpuStack
{
    /// <summary>TOP in the status word.</summary>
    public const int TopMask = 7 << TopShift;

    private const int TopShift = 11;

    /// <summary>Physical number of ST(0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Top(CpuState* s) => (s->FpuStatus >> TopShift) & 7;

    /// <summary>Makes a register ST(0).</summary>
    public static void SetTop(CpuState* s, int top) => s->FpuStatus = (ushort)((s->FpuStatus & ~TopMask) | ((top & 7) << TopShift));

    /// <summary>Physical number of ST(i).</summary>
    public static int Physical(CpuState* s, int index) => (Top(s) + index) & 7;

    /// <summary>Whether ST(i) is empty.</summary>
    public static bool IsEmpty(CpuState* s, int index) => (s->FpuTags & (1 << Physical(s, index))) == 0;

    /// <summary>What ST(i) holds, empty or not.</summary>
    public static Float80 Get(CpuState* s, int index)
    {
        ref FpuRegister register = ref s->Fpu[Physical(s, index)];
        return new Float80(register.Significand, register.SignExponent);
    }

    /// <summary>Sets ST(i); it is no longer empty.</summary>
    public static void Set(CpuState* s, int index, Float80 value)
    {
        int physical = Physical(s, index);
        ref FpuRegister register = ref s->Fpu[physical];
        register.Significand = value.Significand;
        register.SignExponent = value.SignExponent;
        s->FpuTags |= (ushort)(1 << physical);
    }

    /// <summary>Makes ST(i) empty.</summary>
    public static void Free(CpuState* s, int index) => s->FpuTags &= (ushort)~(1 << Physical(s, index));

    /// <summary>Makes the register below the top the top.</summary>
    public static void Push(CpuState* s, Float80 value)
    {
        SetTop(s, Top(s) - 1);
        Set(s, 0, value);
    }

    /// <summary>Empties ST(0) and makes the one above it the top.</summary>
    public static void Pop(CpuState* s)
    {
        Free(s, 0);
        SetTop(s, Top(s) + 1);
    }
}
