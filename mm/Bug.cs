using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>Stops loudly when emu itself is wrong. Linux: <c>BUG_ON</c>, <c>VM_BUG_ON</c>.</summary>
/// <remarks>Never for what a guest or a user can cause: those get an errno, a signal or a clear line.</remarks>
public static class Bug
{
    /// <summary>Stops if <paramref name="condition"/> holds.</summary>
    /// <exception cref="EmulatorBugException">The condition holds.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void On([DoesNotReturnIf(true)] bool condition, string message)
    {
        if (condition)
            Throw(message);
    }

    /// <summary>Stops.</summary>
    /// <exception cref="EmulatorBugException">Always.</exception>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Throw(string message) => throw new EmulatorBugException(message);
}

/// <summary>An invariant of emu does not hold: a defect of emu, not of the guest.</summary>
public sealed class EmulatorBugException : Exception
{
    /// <summary>A defect described by <paramref name="message"/>.</summary>
    public EmulatorBugException(string message)
        : base(message)
    {
    }

    /// <summary>A defect described by <paramref name="message"/> that showed itself as <paramref name="inner"/>.</summary>
    public EmulatorBugException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>An undescribed defect.</summary>
    public EmulatorBugException()
    {
    }
}
