using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An address and a port of IP. An address of version 4 is kept as version 6 maps it: ::ffff:a.b.c.d. Linux: <c>struct sockaddr_in6</c>.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
internal readonly record struct InetAddress(UInt128 Address, ushort Port)
{
    /// <summary>AF_INET.</summary>
    public const int FamilyV4 = 2;

    /// <summary>AF_INET6.</summary>
    public const int FamilyV6 = 10;

    private const int SizeV4 = 16, SizeV6 = 28, SmallestV6 = 24;
    private const uint LoopbackV4 = 0x7F000001;

    private static readonly UInt128 Mapped = (UInt128)0xFFFF << 32;

    /// <summary>0.0.0.0.</summary>
    public static UInt128 AnyV4 => Mapped;

    /// <summary>::.</summary>
    public static UInt128 AnyV6 => UInt128.Zero;

    /// <summary>::1.</summary>
    public static UInt128 LoopbackV6 => UInt128.One;

    /// <summary>Whether it is an address of version 4.</summary>
    public bool IsV4 => Address >> 32 == 0xFFFF;

    /// <summary>Whether it stands for every address.</summary>
    public bool IsAny => Address == AnyV4 || Address == AnyV6;

    /// <summary>Whether it is the machine's own. Linux: <c>inet_addr_type</c> RTN_LOCAL.</summary>
    public bool IsLocal => IsAny || Address == LoopbackV6 || (IsV4 && (uint)Address >> 24 == 0x7F);

    /// <summary>To everybody: 255.255.255.255, or the last address of the loopback net.</summary>
    public bool IsBroadcast => IsV4 && (uint)Address is 0xFFFFFFFF or 0x7FFFFFFF;

    /// <summary>Where a packet to this address goes: to a host that is named by none, the machine itself.</summary>
    public InetAddress Destination => Address == AnyV4 ? this with { Address = Mapped | LoopbackV4 } : Address == AnyV6 ? this with { Address = LoopbackV6 } : this;

    /// <summary>The address from which the machine speaks to this one.</summary>
    public UInt128 Source => IsV4 ? (uint)Address >> 24 == 0x7F && !IsBroadcast ? Address : Mapped | LoopbackV4 : LoopbackV6;

    /// <summary>No address, in the form of a family.</summary>
    public static InetAddress None(int family) => new(family == FamilyV4 ? AnyV4 : AnyV6, 0);

    /// <summary>Reads an address as programs pass it.</summary>
    /// <param name="family">Family of the socket.</param>
    /// <param name="bytes">What was passed.</param>
    /// <param name="address">The address.</param>
    /// <returns>0, -EINVAL or -EAFNOSUPPORT.</returns>
    public static int TryParse(int family, ReadOnlySpan<byte> bytes, out InetAddress address)
    {
        address = default;
        if (bytes.Length < (family == FamilyV4 ? SizeV4 : SmallestV6))
        {
            bool isV4OnV6 = family == FamilyV6 && bytes.Length >= SizeV4 && BinaryPrimitives.ReadUInt16LittleEndian(bytes) == FamilyV4;
            if (!isV4OnV6)
                return -Errno.EINVAL;
        }
        int given = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        switch (given)
        {
            case FamilyV4:
                address = new InetAddress(Mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
                return 0;
            case FamilyV6 when family == FamilyV6:
                address = new InetAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]), port);
                return 0;
            default:
                return -Errno.EAFNOSUPPORT;
        }
    }

    /// <summary>As programs of a family see it.</summary>
    public byte[] ToBytes(int family)
    {
        byte[] bytes = new byte[family == FamilyV4 ? SizeV4 : SizeV6];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Port);
        if (family == FamilyV4)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)Address);
        else
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(8), Address);
        return bytes;
    }

    /// <summary>Whether what is sent to another address arrives at a socket that has this one.</summary>
    /// <param name="other">The destination.</param>
    /// <param name="onlyV6">Whether the socket wants version 6 alone.</param>
    public bool Accepts(InetAddress other, bool onlyV6)
    {
        if (Port != other.Port)
            return false;
        if (Address == other.Address)
            return true;
        return Address == AnyV6 ? !onlyV6 || !other.IsV4 : Address == AnyV4 && other.IsV4;
    }
}
