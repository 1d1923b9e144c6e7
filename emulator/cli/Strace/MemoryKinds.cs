namespace Emu.Cli;

/// <summary>Kinds about memory policy and System V IPC, and what fits nowhere else.</summary>
internal static class MemoryKinds
{
    private const ulong HugeShift = 26, HugeMask = 0x3F;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, ValueKind> values, Dictionary<string, PointedPrinter> pointed,
        Dictionary<string, SpecialPrinter> special, Dictionary<string, NotePrinter> notes)
    {
        values["mapflags"] = new(4, static (writer, value, _) => AddMapFlags(writer, (uint)value));
        values["mpol"] = new(4, static (writer, value, _) => AddPolicy(writer, (uint)value));
        values["ipckey"] = new(4, static (writer, value, _) => AddKey(writer, (uint)value));
        values["ipcflags"] = new(4, static (writer, value, table) => AddIpcFlags(writer, (uint)value, table));
        values["swapflags"] = new(4, static (writer, value, _) => AddSwapFlags(writer, (uint)value));
        values["date"] = new(8, static (writer, value, _) => writer.Add((long)value).AddDate((long)value));
        values["pagestatus"] = new(4, static (writer, value, _) => AddPageStatus(writer, (int)value));
        values["words2"] = new(8, static (writer, value, _) =>
            writer.Add((byte)'[').AddHexNumber((uint)value).Add(", "u8).AddHexNumber(value >> 32).Add((byte)']'));
        pointed["nodemask"] = static (call, in kind, address) => TryAddNodes(call, address, call.CountOf(kind));
        pointed["ulongs"] = static (call, in kind, address) => TryAddNodes(call, address, call.CountOf(kind));
        pointed["msgbuf"] = static (call, in kind, address) => TryAddMessage(call, address, call.CountOf(kind));
        special["mremapto"] = AddNewAddress;
        special["skip"] = static (_, in _, _) => PrintState.Dropped;
        special["restart"] = static (call, in _, _) => AddRestart(call);
        special["rebootmagic"] = AddRebootMagic;
        notes["time"] = static (call, in _, _) => NoteTime(call);
    }

    private static void AddMapFlags(ByteWriter writer, uint flags)
    {
        ulong huge = (flags >> (int)HugeShift) & HugeMask, rest = flags & ~(HugeMask << (int)HugeShift);
        if (rest != 0 || huge == 0)
            NameTable.Of("map").AddFlags(writer, rest);
        if (huge != 0)
            writer.Add(rest != 0 ? "|"u8 : ""u8).Add(huge).Add("<<MAP_HUGE_SHIFT"u8);
    }

    private static void AddPolicy(ByteWriter writer, uint mode)
    {
        const uint FlagMask = 0xE000;
        NameTable.Of("mpolmode").AddValue(writer, mode & ~FlagMask);
        if ((mode & FlagMask) != 0)
            NameTable.Of("mpolflags").AddFlags(writer.Add((byte)'|'), mode & FlagMask);
    }

    private static void AddKey(ByteWriter writer, uint key)
    {
        if (key == 0)
            writer.Add("IPC_PRIVATE"u8);
        else
            writer.AddHexNumber(key);
    }

    private static void AddIpcFlags(ByteWriter writer, uint flags, string table)
    {
        const uint ModeMask = 0x1FF;
        if ((flags & ~ModeMask) != 0)
        {
            NameTable.Of(table).AddFlags(writer, flags & ~ModeMask);
            writer.Add((byte)'|');
        }
        writer.AddMode(flags & ModeMask);
    }

    private static void AddSwapFlags(ByteWriter writer, uint flags)
    {
        const uint PriorityMask = 0x7FFF;
        if ((flags & ~PriorityMask) != 0)
        {
            NameTable.Of("swapon").AddFlags(writer, flags & ~PriorityMask);
            writer.Add((byte)'|');
        }
        writer.Add((ulong)(flags & PriorityMask));
    }

    // A node, or a negative errno.
    private static void AddPageStatus(ByteWriter writer, int status)
    {
        if (status < 0)
            writer.Add((byte)'-').Add(ErrnoNames.NameOf(-status));
        else
            writer.Add(status);
    }

    // As strace pads them: sixteen characters with the 0x.
    private static bool TryAddNodes(CallText call, ulong address, ulong bits)
    {
        const ulong WordBits = 64, MostWords = 16;
        const int Digits = 14;
        ulong words = Math.Min((bits + WordBits - 1) / WordBits, MostWords);
        ByteWriter writer = call.Writer;
        int start = writer.Length;
        writer.Add((byte)'[');
        for (ulong i = 0; i < words; i++)
        {
            if (!call.TryReadWord(address + (i * 8), out ulong word))
            {
                writer.Truncate(start);
                return false;
            }
            writer.Add(i == 0 ? "0x"u8 : ", 0x"u8).AddHex(word, Digits);
        }
        writer.Add((byte)']');
        return true;
    }

    private static bool TryAddMessage(CallText call, ulong address, ulong length)
    {
        if (!call.TryReadWord(address, out ulong type))
            return false;
        call.Writer.Add("{mtype="u8).Add((long)type).Add(", mtext="u8);
        if (!TextKinds.TryAddBuffer(call, address + 8, length, isHex: false))
            call.Writer.AddPointer(address + 8);
        call.Writer.Add((byte)'}');
        return true;
    }

    // Printed only where the flags ask for a place.
    private static PrintState AddNewAddress(CallText call, in CallKind kind, int index)
    {
        const ulong Fixed = 2, DontUnmap = 4;
        if ((call.Args[kind.ParameterIndex] & (Fixed | DontUnmap)) == 0)
            return PrintState.Dropped;
        call.Writer.AddPointer(call.Args[index]);
        return PrintState.Done;
    }

    private static PrintState AddRestart(CallText call)
    {
        call.Writer.Add("<... resuming interrupted system call ...>"u8);
        return PrintState.Done;
    }

    private static PrintState AddRebootMagic(CallText call, in CallKind kind, int index)
    {
        NameTable.Of("rebootmagic").AddValue(call.Writer, (uint)call.Args[index]);
        return PrintState.Done;
    }

    private static void NoteTime(CallText call)
    {
        if (call.Result > 0 && TextForms.TryFormatDate(call.Result) is { } date)
            call.Note.Add(date);
    }
}
