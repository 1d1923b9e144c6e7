namespace Emu.Cli;

/// <summary>Kinds of values: numbers, names of numbers, addresses.</summary>
internal static class ValueKinds
{
    private const int AtCurrentDirectory = -100;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, ValueKind> kinds)
    {
        RegisterNumbers(kinds);
        RegisterNames(kinds);
        kinds["fd"] = new(4, static (writer, value, _) => writer.Add((int)value));
        kinds["dirfd"] = new(4, static (writer, value, _) => AddDirectory(writer, (int)value));
        kinds["uid"] = new(4, static (writer, value, _) => AddUser(writer, (uint)value));
        kinds["mode"] = new(4, static (writer, value, _) => writer.AddMode((uint)value));
        kinds["filemode"] = new(4, static (writer, value, _) => AddFileMode(writer, (uint)value));
        kinds["dev64"] = new(8, static (writer, value, _) => AddDevice(writer, value));
        kinds["rlim"] = new(8, static (writer, value, parameter) => AddLimit(writer, value, parameter));
        kinds["statxat"] = new(4, static (writer, value, _) => AddStatxFlags(writer, (uint)value));
    }

    /// <summary>Adds a descriptor that paths are relative to.</summary>
    public static void AddDirectory(ByteWriter writer, int fd)
    {
        if (fd == AtCurrentDirectory)
            writer.Add("AT_FDCWD"u8);
        else
            writer.Add(fd);
    }

    /// <summary>Adds type and rights of a file.</summary>
    public static void AddFileMode(ByteWriter writer, uint mode)
    {
        const uint TypeMask = 0xF000;
        if (NameTable.Of("filetype").Find(mode & TypeMask) is { } type)
            writer.Add(type).Add((byte)'|').AddMode(mode & ~TypeMask & 0xFFFF);
        else
            writer.AddMode(mode);
    }

    /// <summary>Adds a device number. Linux: <c>new_decode_dev</c>.</summary>
    public static void AddDevice(ByteWriter writer, ulong device)
    {
        ulong major = ((device >> 8) & 0xFFF) | ((device >> 32) & 0xFFFFF000), minor = (device & 0xFF) | ((device >> 12) & 0xFFFFFF00);
        writer.Add("makedev("u8).AddHexNumber(major).Add(", "u8).AddHexNumber(minor).Add((byte)')');
    }

    private static void RegisterNumbers(Dictionary<string, ValueKind> kinds)
    {
        kinds["int"] = new(4, static (writer, value, _) => writer.Add((int)value));
        kinds["uint"] = new(4, static (writer, value, _) => writer.Add((ulong)(uint)value));
        kinds["long"] = new(8, static (writer, value, _) => writer.Add((long)value));
        kinds["ulong"] = new(8, static (writer, value, _) => writer.Add(value));
        kinds["size"] = kinds["ulong"];
        kinds["pid"] = kinds["int"];
        kinds["short"] = new(2, static (writer, value, _) => writer.Add((short)value));
        kinds["ushort"] = new(2, static (writer, value, _) => writer.Add((ulong)(ushort)value));
        kinds["byte"] = new(1, static (writer, value, _) => writer.Add((ulong)(byte)value));
        kinds["hex"] = new(8, static (writer, value, _) => writer.AddHexNumber(value));
        kinds["hex32"] = new(4, static (writer, value, _) => writer.AddHexNumber((uint)value));
        kinds["ptr"] = new(8, static (writer, value, _) => writer.AddPointer(value));
    }

    private static void RegisterNames(Dictionary<string, ValueKind> kinds)
    {
        kinds["flags"] = new(8, static (writer, value, table) => NameTable.Of(table).AddFlags(writer, Widened(value)));
        kinds["flags32"] = new(4, static (writer, value, table) => NameTable.Of(table).AddFlags(writer, (uint)value));
        kinds["flags16"] = new(2, static (writer, value, table) => NameTable.Of(table).AddFlags(writer, (ushort)value));
        kinds["enum"] = new(4, static (writer, value, table) => NameTable.Of(table).AddValue(writer, (uint)value));
        kinds["clock"] = new(4, static (writer, value, _) => NameTable.Of("clock").AddValue(writer, (uint)value));
        kinds["enum16"] = new(2, static (writer, value, table) => NameTable.Of(table).AddValue(writer, (ushort)value));
        kinds["enum8"] = new(8, static (writer, value, table) => NameTable.Of(table).AddValue(writer, value));
    }

    private static void AddStatxFlags(ByteWriter writer, uint flags)
    {
        const uint SyncMask = 0x6000;
        NameTable.Of("statxsync").AddValue(writer, flags & SyncMask);
        if ((flags & ~SyncMask) != 0)
            NameTable.Of("at").AddFlags(writer.Add((byte)'|'), flags & ~SyncMask);
    }

    // A negative int that was widened on its way into the register has only 32 bits of flags.
    private static ulong Widened(ulong value) => (long)value is < 0 and >= int.MinValue ? (uint)value : value;

    private static void AddUser(ByteWriter writer, uint id)
    {
        if (id == uint.MaxValue)
            writer.Add("-1"u8);
        else
            writer.Add((ulong)id);
    }

    private static void AddLimit(ByteWriter writer, ulong value, string infinity)
    {
        const ulong Unit = 1024;
        if (value == ulong.MaxValue)
            writer.Add(infinity);
        else if (value > Unit && value % Unit == 0)
            writer.Add(value / Unit).Add("*1024"u8);
        else
            writer.Add(value);
    }
}
