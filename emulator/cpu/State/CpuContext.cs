using System.Runtime.InteropServices;

namespace Emu.Cpu;

/// <summary>Owns the <see cref="CpuState"/> of one task.</summary>
public sealed unsafe class CpuContext : IDisposable
{
    private const int Alignment = 64;

    private CpuState* _state;

    /// <summary>A context in the state that a program starts in.</summary>
    public CpuContext()
    {
        _state = (CpuState*)NativeMemory.AlignedAlloc((nuint)CpuState.SizeInBytes, Alignment);
        *_state = CpuState.Initial;
    }

    /// <summary>The registers.</summary>
    public ref CpuState State => ref *_state;

    /// <summary>The registers, for engines.</summary>
    internal CpuState* Pointer => _state;

    /// <summary>Frees the registers. No engine may run on them.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_state);
        _state = null;
    }
}
