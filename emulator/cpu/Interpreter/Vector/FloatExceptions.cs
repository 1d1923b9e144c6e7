using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>The end of an instruction whose operations may have raised SIMD floating-point exceptions. Intel SDM vol. 1, 11.5.</summary>
internal static unsafe class FloatExceptions
{
    /// <summary>Sets the flags of MXCSR; an unmasked exception ends the instruction with #XM, and nothing else may be written.</summary>
    /// <returns>Whether the instruction goes on.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Commit(CpuState* s, MicroOp* op, VirtualCpu* c, in FloatContext context)
    {
        s->Mxcsr |= context.Report(out bool unmasked);
        if (!unmasked)
            return true;
        Exceptions.Raise(s, op, c, ExceptionVector.SimdFloatingPoint);
        return false;
    }
}
