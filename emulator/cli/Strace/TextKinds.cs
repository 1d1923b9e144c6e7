namespace Emu.Cli;

/// <summary>Kinds of text and bytes: paths, strings, buffers, and the lists of them that execve takes.</summary>
internal static class TextKinds
{
    private const int PathLimit = 4096, MemfdNameLimit = 250;

    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, PointedPrinter> pointed, Dictionary<string, SpecialPrinter> special)
    {
        special["path"] = static (call, in kind, index) => AddText(call, call.Args[index], PathLimit);
        special["str"] = static (call, in kind, index) => AddText(call, call.Args[index], CallText.Limit);
        special["str250"] = static (call, in kind, index) => AddText(call, call.Args[index], MemfdNameLimit);
        pointed["str"] = static (call, in kind, address) => TryAddString(call, address, PathLimit);
        pointed["bytes"] = static (call, in kind, address) => TryAddBuffer(call, address, call.CountOf(kind), isHex: false);
        pointed["hexbytes"] = static (call, in kind, address) => TryAddBuffer(call, address, call.CountOf(kind), isHex: true);
        pointed["strings"] = static (call, in kind, address) => TryAddStrings(call, address);
        pointed["environ"] = static (call, in kind, address) => AddEnvironment(call, address);
    }

    /// <summary>Adds the string at an address, up to its NUL.</summary>
    /// <returns>Whether it could be read.</returns>
    public static bool TryAddString(CallText call, ulong address, int limit)
    {
        byte[] buffer = new byte[limit + 1];
        int read = call.Read(address, buffer);
        if (read == 0)
            return false;
        int end = buffer.AsSpan(0, read).IndexOf((byte)0);
        if (end < 0 && read < buffer.Length)
            return false;
        call.Writer.AddQuoted(buffer.AsSpan(0, end < 0 ? limit : end)).Add(end < 0 ? "..."u8 : ""u8);
        return true;
    }

    /// <summary>Adds bytes at an address, as many as strace shows.</summary>
    /// <returns>Whether they could be read.</returns>
    public static bool TryAddBuffer(CallText call, ulong address, ulong length, bool isHex)
    {
        Span<byte> buffer = stackalloc byte[CallText.Limit];
        Span<byte> shown = buffer[..(int)Math.Min(length, CallText.Limit)];
        if (!call.TryRead(address, shown))
            return false;
        if (isHex)
            call.Writer.AddQuotedHex(shown);
        else
            call.Writer.AddQuoted(shown);
        if (length > CallText.Limit)
            call.Writer.Add("..."u8);
        return true;
    }

    private static PrintState AddText(CallText call, ulong address, int limit)
    {
        if (address == 0 || !TryAddString(call, address, limit))
            call.Writer.AddPointer(address);
        return PrintState.Done;
    }

    private static bool TryAddStrings(CallText call, ulong address)
    {
        ByteWriter writer = call.Writer;
        int start = writer.Length;
        writer.Add((byte)'[');
        for (int i = 0; ; i++, address += 8)
        {
            if (!call.TryReadWord(address, out ulong text))
            {
                writer.Truncate(start);
                return false;
            }
            if (text == 0)
                break;
            writer.Add(i == 0 ? ""u8 : ", "u8);
            if (i == CallText.Limit)
            {
                writer.Add("..."u8);
                break;
            }
            if (!TryAddString(call, text, CallText.Limit))
                writer.AddPointer(text);
        }
        writer.Add((byte)']');
        return true;
    }

    private static bool AddEnvironment(CallText call, ulong address)
    {
        int count = 0;
        ulong at = address;
        while (call.TryReadWord(at, out ulong text) && text != 0)
        {
            count++;
            at += 8;
        }
        call.Writer.AddPointer(address).Add(" /* "u8).Add(count).Add(count == 1 ? " var */"u8 : " vars */"u8);
        return true;
    }
}
