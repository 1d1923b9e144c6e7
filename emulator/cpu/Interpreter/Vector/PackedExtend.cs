using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>PMOVSXBW.</summary>
internal readonly struct ExtendByteToWord : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.WidenLower(b.AsSByte()).AsByte();
}

/// <summary>PMOVSXBD.</summary>
internal readonly struct ExtendByteToDoubleword : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.WidenLower(Vector128.WidenLower(b.AsSByte())).AsByte();
}

/// <summary>PMOVSXBQ.</summary>
internal readonly struct ExtendByteToQuadword : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.WidenLower(b.AsSByte()))).AsByte();
}

/// <summary>PMOVSXWD.</summary>
internal readonly struct ExtendWordToDoubleword : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.WidenLower(b.AsInt16()).AsByte();
}

/// <summary>PMOVSXWQ.</summary>
internal readonly struct ExtendWordToQuadword : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.WidenLower(Vector128.WidenLower(b.AsInt16())).AsByte();
}

/// <summary>PMOVSXDQ.</summary>
internal readonly struct ExtendDoublewordToQuadword : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.WidenLower(b.AsInt32()).AsByte();
}
