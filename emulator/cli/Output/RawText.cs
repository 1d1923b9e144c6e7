namespace Emu.Cli;

/// <summary>
/// Strings whose characters stand for bytes (Latin-1), so that what is no UTF-8 passes through code that wants strings, unharmed.
/// </summary>
internal static class RawText
{
    /// <summary>Widens bytes to characters.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        char[] text = new char[bytes.Length];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)bytes[i];
        return new string(text);
    }

    /// <summary>Narrows characters to the bytes that they stand for.</summary>
    public static byte[] ToBytes(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)text[i];
        return bytes;
    }
}
