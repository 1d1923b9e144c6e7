using System.Buffers.Binary;
using System.Net;

namespace Emu.Cli;

/// <summary>Kinds about sockets: types and protocols, addresses, messages, options.</summary>
internal static class SocketKinds
{
    private const int Unix = 1, Inet = 2, Inet6 = 10, Netlink = 16;
    private const int LongestAddress = 128;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, ValueKind> values, Dictionary<string, PointedPrinter> pointed,
        Dictionary<string, SpecialPrinter> special)
    {
        values["socktype"] = new(4, static (writer, value, _) => AddType(writer, (uint)value));
        special["protocol"] = static (call, in kind, index) => AddProtocol(call, call.Args[kind.ParameterIndex], (uint)call.Args[index]);
        special["setsockopt"] = static (call, in _, _) => AddSetOption(call);
        special["getsockopt"] = static (call, in _, _) => AddGetOption(call);
        special["socklen"] = static (call, in _, index) => AddLength(call, index);
        pointed["sockaddr"] = static (call, in kind, address) => TryAddAddress(call, address, AddressLength(call, kind));
        special["recvmsg"] = static (call, in _, index) => AddReceived(call, call.Args[index]);
        pointed["msghdr"] = static (call, in _, address) => TryAddMessage(call, address, received: -1, nameLengthBefore: -1);
        pointed["mmsghdr"] = static (call, in kind, address) => TryAddMessages(call, kind, address);
    }

    private static void AddType(ByteWriter writer, uint type)
    {
        const uint TypeMask = 0xF;
        NameTable.Of("socktype").AddValue(writer, type & TypeMask);
        if ((type & ~TypeMask) != 0)
            NameTable.Of("sockflags").AddFlags(writer.Add((byte)'|'), type & ~TypeMask);
    }

    private static PrintState AddProtocol(CallText call, ulong domain, uint protocol)
    {
        if (domain is Inet or Inet6)
            NameTable.Of("ipproto").AddValue(call.Writer, protocol);
        else if (domain is Netlink)
            NameTable.Of("netlink").AddValue(call.Writer, protocol);
        else
            call.Writer.Add((ulong)protocol);
        return PrintState.Done;
    }

    // The length that the kernel was given, and the one that it gave back where that is another.
    private static PrintState AddLength(CallText call, int index)
    {
        ulong address = call.Args[index];
        if (!call.IsDone)
        {
            call.TryReadInt(address, out int given);
            call.LengthBefore = given;
            return PrintState.Later;
        }
        if (address == 0 || !call.TryReadInt(address, out int length))
            call.Writer.AddPointer(address);
        else if (length != call.LengthBefore && !call.HasFailed)
            call.Writer.Add((byte)'[').Add(call.LengthBefore).Add(" => "u8).Add(length).Add((byte)']');
        else
            call.Writer.Add((byte)'[').Add(call.LengthBefore).Add((byte)']');
        return PrintState.Done;
    }

    private static int AddressLength(CallText call, in CallKind kind)
    {
        int length = (int)Math.Min(call.CountOf(kind), int.MaxValue);
        return kind.Count == KindCount.Pointed ? Math.Min(length, call.LengthBefore) : length;
    }

    private static bool TryAddAddress(CallText call, ulong address, int length)
    {
        Span<byte> bytes = stackalloc byte[LongestAddress];
        bytes.Clear();
        if (length < 2 || !call.TryRead(address, bytes[..Math.Min(length, LongestAddress)]))
            return false;
        AddAddress(call.Writer, bytes[..Math.Min(length, LongestAddress)]);
        return true;
    }

    private static void AddAddress(ByteWriter writer, ReadOnlySpan<byte> address)
    {
        int family = BinaryPrimitives.ReadUInt16LittleEndian(address);
        NameTable.Of("domain").AddValue(writer.Add("{sa_family="u8), (uint)family);
        switch (family)
        {
            case Unix when address.Length > 2:
                AddUnixPath(writer.Add(", sun_path="u8), address[2..]);
                break;
            case Inet when address.Length >= 16:
                AddPort(writer.Add(", sin_port="u8), address[2..]);
                writer.Add(", sin_addr=inet_addr(\""u8).Add(new IPAddress(address.Slice(4, 4)).ToString()).Add("\")"u8);
                break;
            case Inet6 when address.Length >= 28:
                AddPort(writer.Add(", sin6_port="u8), address[2..]);
                writer.Add(", sin6_flowinfo=htonl("u8).Add((ulong)BinaryPrimitives.ReadUInt32BigEndian(address[4..]))
                    .Add("), inet_pton(AF_INET6, \""u8).Add(new IPAddress(address.Slice(8, 16)).ToString())
                    .Add("\", &sin6_addr), sin6_scope_id="u8).Add((ulong)BinaryPrimitives.ReadUInt32LittleEndian(address[24..]));
                break;
            case Netlink when address.Length >= 12:
                writer.Add(", nl_pid="u8).Add(BinaryPrimitives.ReadInt32LittleEndian(address[4..])).Add(", nl_groups=0x"u8)
                    .AddHex(BinaryPrimitives.ReadUInt32LittleEndian(address[8..]), 6);
                break;
            default:
                writer.Add(", sa_data="u8).AddQuoted(address[2..]);
                break;
        }
        writer.Add((byte)'}');
    }

    private static void AddPort(ByteWriter writer, ReadOnlySpan<byte> port) =>
        writer.Add("htons("u8).Add((ulong)BinaryPrimitives.ReadUInt16BigEndian(port)).Add((byte)')');

    // A name that begins with NUL is of the abstract namespace.
    private static void AddUnixPath(ByteWriter writer, ReadOnlySpan<byte> path)
    {
        if (path[0] == 0)
        {
            writer.Add((byte)'@').AddQuoted(path[1..]);
            return;
        }
        int end = path.IndexOf((byte)0);
        writer.AddQuoted(end < 0 ? path : path[..end]);
    }

    private static PrintState AddReceived(CallText call, ulong address)
    {
        const ulong NameLengthAt = 8;
        if (!call.IsDone)
        {
            call.LengthBefore = call.TryReadInt(address + NameLengthAt, out int given) ? given : 0;
            return PrintState.Later;
        }
        if (call.HasFailed || !TryAddMessage(call, address, call.Result, call.LengthBefore))
            call.Writer.AddPointer(address);
        return PrintState.Done;
    }

    // Bytes received, or -1 for a message that is sent.
    private static bool TryAddMessage(CallText call, ulong address, long received, int nameLengthBefore)
    {
        const int HeaderSize = 56;
        Span<byte> header = stackalloc byte[HeaderSize];
        if (!call.TryRead(address, header))
            return false;
        ByteWriter writer = call.Writer;
        ulong name = BinaryPrimitives.ReadUInt64LittleEndian(header);
        int nameLength = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        writer.Add("{msg_name="u8);
        if (name == 0 || !TryAddAddress(call, name, nameLength))
            writer.AddPointer(name);
        ulong vector = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]), count = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        writer.Add(", msg_namelen="u8);
        if (nameLengthBefore >= 0 && nameLengthBefore != nameLength)
            writer.Add(nameLengthBefore).Add(" => "u8);
        writer.Add(nameLength).Add(", msg_iov="u8);
        if (vector == 0 || !FileKinds.TryAddVector(call, vector, count, received < 0 ? ulong.MaxValue : (ulong)received, withData: true))
            writer.AddPointer(vector);
        writer.Add(", msg_iovlen="u8).Add(count);
        AddControl(call, BinaryPrimitives.ReadUInt64LittleEndian(header[32..]), BinaryPrimitives.ReadUInt64LittleEndian(header[40..]));
        NameTable.Of("msg").AddFlags(writer.Add(", msg_flags="u8), BinaryPrimitives.ReadUInt32LittleEndian(header[48..]));
        writer.Add((byte)'}');
        return true;
    }

    private static void AddControl(CallText call, ulong control, ulong length)
    {
        const int ShownBytes = 256;
        byte[] bytes = new byte[Math.Min(length, ShownBytes)];
        if (control != 0 && length != 0 && call.TryRead(control, bytes))
        {
            call.Writer.Add(", msg_control=["u8);
            AddControlMessages(call.Writer, bytes);
            call.Writer.Add((byte)']');
        }
        call.Writer.Add(", msg_controllen="u8).Add(length);
    }

    private static void AddControlMessages(ByteWriter writer, ReadOnlySpan<byte> control)
    {
        const int HeaderSize = 16, SocketLevel = 1, Rights = 1;
        for (bool first = true; control.Length >= HeaderSize; first = false)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(control);
            int level = BinaryPrimitives.ReadInt32LittleEndian(control[8..]), type = BinaryPrimitives.ReadInt32LittleEndian(control[12..]);
            if (length < HeaderSize || length > (ulong)control.Length)
                return;
            ReadOnlySpan<byte> data = control[HeaderSize..(int)length];
            NameTable.Of("sollevel").AddValue(writer.Add(first ? "{cmsg_len="u8 : ", {cmsg_len="u8).Add(length).Add(", cmsg_level="u8), (uint)level);
            writer.Add(", cmsg_type="u8);
            if (level == SocketLevel)
                NameTable.Of("scm").AddValue(writer, (uint)type);
            else
                writer.AddHexNumber((uint)type);
            writer.Add(", cmsg_data="u8);
            if (level == SocketLevel && type == Rights)
                AddDescriptors(writer, data);
            else
                writer.AddQuoted(data);
            writer.Add((byte)'}');
            int step = (int)((length + 7) & ~7UL);
            control = control[Math.Min(step, control.Length)..];
        }
    }

    private static void AddDescriptors(ByteWriter writer, ReadOnlySpan<byte> data)
    {
        writer.Add((byte)'[');
        for (int at = 0; at + 4 <= data.Length; at += 4)
            writer.Add(at == 0 ? ""u8 : ", "u8).Add(BinaryPrimitives.ReadInt32LittleEndian(data[at..]));
        writer.Add((byte)']');
    }

    private static bool TryAddMessages(CallText call, in CallKind kind, ulong address)
    {
        const ulong EntrySize = 64, LengthAt = 56;
        ulong count = Math.Min(call.CountOf(kind), CallText.Limit);
        ByteWriter writer = call.Writer.Add((byte)'[');
        for (ulong i = 0; i < count; i++, address += EntrySize)
        {
            if (!call.TryReadInt(address + LengthAt, out int length))
                break;
            writer.Add(i == 0 ? "{msg_hdr="u8 : ", {msg_hdr="u8);
            if (!TryAddMessage(call, address, kind.Direction == KindDirection.Out ? length : -1, nameLengthBefore: -1))
                writer.AddPointer(address);
            writer.Add(", msg_len="u8).Add(length).Add((byte)'}');
        }
        writer.Add((byte)']');
        return true;
    }

    private static PrintState AddSetOption(CallText call)
    {
        AddOption(call, (int)call.Args.A1, (int)call.Args.A2);
        AddOptionValue(call, call.Args.A3, (int)call.Args.A4);
        call.Writer.Add(", "u8).Add((int)call.Args.A4);
        return PrintState.Done;
    }

    private static PrintState AddGetOption(CallText call)
    {
        const int LengthIndex = 4;
        if (!call.IsDone)
            return AddLength(call, LengthIndex);
        AddOption(call, (int)call.Args.A1, (int)call.Args.A2);
        int length = call.TryReadInt(call.Args.A4, out int given) ? given : 0;
        if (call.HasFailed)
            call.Writer.AddPointer(call.Args.A3);
        else
            AddOptionValue(call, call.Args.A3, length);
        call.Writer.Add(", "u8);
        return AddLength(call, LengthIndex);
    }

    private static void AddOption(CallText call, int level, int option)
    {
        const int Ip = 0, Socket = 1, Tcp = 6;
        ByteWriter writer = call.Writer;
        NameTable.Of("sollevel").AddValue(writer, (uint)level);
        writer.Add(", "u8);
        string? table = level switch { Socket => "sockopt", Tcp => "tcpopt", Ip => "ipopt", _ => null };
        if (table != null)
            NameTable.Of(table).AddValue(writer, (uint)option);
        else
            writer.AddHexNumber((uint)option);
        writer.Add(", "u8);
    }

    private static void AddOptionValue(CallText call, ulong address, int length)
    {
        const int Linger = 13, Credentials = 17;
        bool isSocket = (int)call.Args.A1 == 1;
        string kind = (int)call.Args.A2 switch { Linger when isSocket => "linger", Credentials when isSocket => "ucred", _ => "int" };
        CallKind pointed = new(KindDirection.In, kind, "", KindCount.One, 1);
        bool fits = length == StructKinds.SizeOf(kind);
        if (address == 0 || (fits ? !StructKinds.TryPrint(call, pointed, address) : !TextKinds.TryAddBuffer(call, address, (uint)length, isHex: false)))
            call.Writer.AddPointer(address);
    }
}
