using System.Buffers.Binary;

namespace Emu.Cli;

/// <summary>Kinds about files: what is known of them, what is in directories, vectors of buffers.</summary>
internal static class FileKinds
{
    private const uint TypeMask = 0xF000, CharacterDevice = 0x2000, BlockDevice = 0x6000;
    private const ulong Create = 0x40, TemporaryFile = 0x400000;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, ValueKind> values, Dictionary<string, PointedPrinter> pointed,
        Dictionary<string, SpecialPrinter> special)
    {
        values["openflags"] = new(4, static (writer, value, _) => AddOpenFlags(writer, (uint)value));
        special["creatmode"] = AddCreateMode;
        special["dev"] = AddDevice;
        pointed["stat"] = static (call, in _, address) => TryAddStat(call, address);
        pointed["statx"] = static (call, in _, address) => TryAddStatx(call, address);
        pointed["dents"] = static (call, in kind, address) => TryAddEntries(call, address, call.CountOf(kind), lengthAt: 16);
        pointed["dents64"] = pointed["dents"];
        pointed["open_how"] = static (call, in _, address) => TryAddOpenHow(call, address);
        pointed["utimespec"] = static (call, in _, address) => TryAddTimes(call, address, 1_000_000_000, "tv_nsec");
        pointed["utimeval"] = static (call, in _, address) => TryAddTimes(call, address, 1_000_000, "tv_usec");
        pointed["iovec"] = static (call, in kind, address) => TryAddVector(call, kind, address, withData: true);
        pointed["iovaddr"] = static (call, in kind, address) => TryAddVector(call, kind, address, withData: false);
        pointed["mincore"] = static (call, in kind, address) => TryAddResidency(call, address, call.CountOf(kind));
    }

    /// <summary>Adds flags of open(2).</summary>
    public static void AddOpenFlags(ByteWriter writer, ulong flags)
    {
        const ulong AccessMode = 3;
        NameTable.Of("accmode").AddValue(writer, flags & AccessMode);
        if ((flags & ~AccessMode) != 0)
            NameTable.Of("open").AddFlags(writer.Add((byte)'|'), flags & ~AccessMode);
    }

    /// <summary>Adds a vector of buffers, as many bytes of them as the result says if the call filled them.</summary>
    public static bool TryAddVector(CallText call, ulong address, ulong count, ulong bytes, bool withData)
    {
        const int VectorSize = 16;
        ByteWriter writer = call.Writer;
        int start = writer.Length;
        Span<byte> entry = stackalloc byte[VectorSize];
        writer.Add((byte)'[');
        for (ulong i = 0; i < count; i++, address += VectorSize)
        {
            if (!call.TryRead(address, entry))
            {
                writer.Truncate(start);
                return false;
            }
            writer.Add(i == 0 ? ""u8 : ", "u8);
            if (i == CallText.Limit)
            {
                writer.Add("..."u8);
                break;
            }
            ulong data = BinaryPrimitives.ReadUInt64LittleEndian(entry), length = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            ulong shown = Math.Min(length, bytes);
            bytes -= shown;
            writer.Add("{iov_base="u8);
            if (!withData || data == 0 || !TextKinds.TryAddBuffer(call, data, shown, isHex: false))
                writer.AddPointer(data);
            writer.Add(", iov_len="u8).Add(length).Add((byte)'}');
        }
        writer.Add((byte)']');
        return true;
    }

    private static bool TryAddVector(CallText call, in CallKind kind, ulong address, bool withData)
    {
        bool filled = kind.Direction == KindDirection.Out;
        ulong bytes = filled ? (ulong)Math.Max(call.Result, 0) : ulong.MaxValue;
        return TryAddVector(call, address, call.CountOf(kind), bytes, withData);
    }

    // Printed only where a file may be made.
    private static PrintState AddCreateMode(CallText call, in CallKind kind, int index)
    {
        if ((call.Args[kind.ParameterIndex] & (Create | TemporaryFile)) == 0)
            return PrintState.Dropped;
        call.Writer.AddMode((uint)call.Args[index]);
        return PrintState.Done;
    }

    // Printed only where a device is made.
    private static PrintState AddDevice(CallText call, in CallKind kind, int index)
    {
        if (((uint)call.Args[kind.ParameterIndex] & TypeMask) is not (CharacterDevice or BlockDevice))
            return PrintState.Dropped;
        ValueKinds.AddDevice(call.Writer, call.Args[index]);
        return PrintState.Done;
    }

    private static bool TryAddStat(CallText call, ulong address)
    {
        Span<byte> stat = stackalloc byte[144];
        if (!call.TryRead(address, stat))
            return false;
        uint mode = BinaryPrimitives.ReadUInt32LittleEndian(stat[24..]);
        ByteWriter writer = call.Writer.Add("{st_mode="u8);
        ValueKinds.AddFileMode(writer, mode);
        if ((mode & TypeMask) is CharacterDevice or BlockDevice)
            ValueKinds.AddDevice(writer.Add(", st_rdev="u8), BinaryPrimitives.ReadUInt64LittleEndian(stat[40..]));
        else
            writer.Add(", st_size="u8).Add(BinaryPrimitives.ReadInt64LittleEndian(stat[48..]));
        writer.Add(", ...}"u8);
        return true;
    }

    private static bool TryAddStatx(CallText call, ulong address)
    {
        Span<byte> statx = stackalloc byte[256];
        if (!call.TryRead(address, statx))
            return false;
        ByteWriter writer = call.Writer.Add("{stx_mask="u8);
        NameTable.Of("statx").AddFlags(writer, BinaryPrimitives.ReadUInt32LittleEndian(statx));
        NameTable.Of("statxattr").AddFlags(writer.Add(", stx_attributes="u8), BinaryPrimitives.ReadUInt64LittleEndian(statx[8..]));
        ValueKinds.AddFileMode(writer.Add(", stx_mode="u8), BinaryPrimitives.ReadUInt16LittleEndian(statx[28..]));
        writer.Add(", stx_size="u8).Add(BinaryPrimitives.ReadUInt64LittleEndian(statx[40..])).Add(", ...}"u8);
        return true;
    }

    // Both forms of an entry have its length at the same place.
    private static bool TryAddEntries(CallText call, ulong address, ulong bytes, ulong lengthAt)
    {
        int count = 0;
        Span<byte> length = stackalloc byte[2];
        for (ulong at = 0; at < bytes; count++)
        {
            if (!call.TryRead(address + at + lengthAt, length) || BinaryPrimitives.ReadUInt16LittleEndian(length) == 0)
                return false;
            at += BinaryPrimitives.ReadUInt16LittleEndian(length);
        }
        call.Writer.AddPointer(address).Add(" /* "u8).Add(count).Add(count == 1 ? " entry */"u8 : " entries */"u8);
        return true;
    }

    private static bool TryAddOpenHow(CallText call, ulong address)
    {
        const ulong Size = 24;
        Span<byte> how = stackalloc byte[(int)Size];
        if (call.Args.A3 < Size || !call.TryRead(address, how))
            return false;
        ulong flags = BinaryPrimitives.ReadUInt64LittleEndian(how), mode = BinaryPrimitives.ReadUInt64LittleEndian(how[8..]);
        AddOpenFlags(call.Writer.Add("{flags="u8), flags);
        if ((flags & (Create | TemporaryFile)) != 0 || mode != 0)
            call.Writer.Add(", mode="u8).AddMode(mode);
        NameTable.Of("resolve").AddFlags(call.Writer.Add(", resolve="u8), BinaryPrimitives.ReadUInt64LittleEndian(how[16..]));
        call.Writer.Add((byte)'}');
        return true;
    }

    // Access and modification time.
    private static bool TryAddTimes(CallText call, ulong address, long unit, string fraction)
    {
        const long Now = 0x3FFFFFFF, Omit = 0x3FFFFFFE;
        Span<byte> times = stackalloc byte[32];
        if (!call.TryRead(address, times))
            return false;
        ByteWriter writer = call.Writer.Add((byte)'[');
        for (int i = 0; i < 2; i++)
        {
            long seconds = BinaryPrimitives.ReadInt64LittleEndian(times[(i * 16)..]);
            long part = BinaryPrimitives.ReadInt64LittleEndian(times[((i * 16) + 8)..]);
            writer.Add(i == 0 ? ""u8 : ", "u8);
            if (part is Now or Omit)
                writer.Add(part == Now ? "UTIME_NOW"u8 : "UTIME_OMIT"u8);
            else
                writer.Add("{tv_sec="u8).Add(seconds).Add(", "u8).Add(fraction).Add((byte)'=').Add(part).Add((byte)'}').AddDate(seconds, part, unit);
        }
        writer.Add((byte)']');
        return true;
    }

    // A byte a page.
    private static bool TryAddResidency(CallText call, ulong address, ulong length)
    {
        const ulong PageSize = 4096;
        ulong pages = (length + PageSize - 1) / PageSize;
        Span<byte> bytes = stackalloc byte[CallText.Limit];
        Span<byte> shown = bytes[..(int)Math.Min(pages, CallText.Limit)];
        if (!call.TryRead(address, shown))
            return false;
        ByteWriter writer = call.Writer.Add((byte)'[');
        for (int i = 0; i < shown.Length; i++)
            writer.Add(i == 0 ? ""u8 : ", "u8).Add(shown[i] & 1);
        writer.Add(pages > CallText.Limit ? ", ...]"u8 : "]"u8);
        return true;
    }
}
