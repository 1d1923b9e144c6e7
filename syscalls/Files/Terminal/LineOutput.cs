namespace Emu.Syscalls;

/// <summary>What a terminal makes of bytes that are written to it, and the echo of what is typed. Linux: drivers/tty/n_tty.c (<c>do_output_char</c>, the echo).</summary>
/// <param name="termios">The settings.</param>
/// <param name="sink">Where it goes: what the other end reads.</param>
internal sealed class LineOutput(Termios termios, ByteQueue sink)
{
    private const int TabWidth = 8;

    private int _column, _lineColumn;

    /// <summary>Writes a byte of a program. Linux: <c>process_output</c>.</summary>
    public void Write(byte value)
    {
        if (!termios.Output(Termios.OPost))
            sink.Add(value);
        else
            Process(value);
    }

    /// <summary>A line of input begins where the cursor is. Linux: <c>echo_set_canon_col</c>.</summary>
    public void BeginLine() => _lineColumn = _column;

    /// <summary>Echoes what was typed, control characters as ^X. Linux: <c>echo_char</c>.</summary>
    public void Echo(byte value)
    {
        if (!termios.Local(Termios.EchoCtl) || !IsControl(value) || value == (byte)'\t')
        {
            Write(value);
            return;
        }
        sink.Add((byte)'^');
        sink.Add((byte)(value ^ 0x40));
        _column += 2;
    }

    /// <summary>Goes back over columns that were echoed, and blanks them.</summary>
    public void Erase(int columns)
    {
        for (; columns > 0; columns--)
        {
            sink.Add("\b \b"u8);
            _column = Math.Max(_column - 1, 0);
        }
    }

    /// <summary>Goes back over a tab.</summary>
    /// <param name="columnsBefore">Columns since the tab before it, or since the start of the line.</param>
    /// <param name="afterTab">Whether a tab is before it.</param>
    public void EraseTab(int columnsBefore, bool afterTab)
    {
        int column = afterTab ? columnsBefore : columnsBefore + _lineColumn;
        for (int back = TabWidth - (column & (TabWidth - 1)); back > 0; back--)
        {
            sink.Add((byte)'\b');
            _column = Math.Max(_column - 1, 0);
        }
    }

    /// <summary>Whether a byte moves no cursor by itself.</summary>
    public static bool IsControl(byte value) => value < 0x20 || value == 0x7F;

    /// <summary>Whether a byte goes on with a character of UTF-8.</summary>
    public bool IsContinuation(byte value) => termios.Input(Termios.IUtf8) && (value & 0xC0) == 0x80;

    // Linux: do_output_char
    private void Process(byte value)
    {
        switch (value)
        {
            case (byte)'\n':
                NewLine();
                return;
            case (byte)'\r':
                Return();
                return;
            case (byte)'\t':
                Tab();
                return;
            case (byte)'\b':
                _column = Math.Max(_column - 1, 0);
                break;
            default:
                if (termios.Output(Termios.OLcUc) && value is >= (byte)'a' and <= (byte)'z')
                    value -= 0x20;
                if (!IsControl(value) && !IsContinuation(value))
                    _column++;
                break;
        }
        sink.Add(value);
    }

    private void NewLine()
    {
        if (termios.Output(Termios.ONlRet))
            _column = 0;
        if (termios.Output(Termios.ONlCr))
        {
            _column = 0;
            sink.Add((byte)'\r');
        }
        _lineColumn = _column;
        sink.Add((byte)'\n');
    }

    private void Return()
    {
        if (termios.Output(Termios.ONoCr) && _column == 0)
            return;
        bool becomesNewLine = termios.Output(Termios.OCrNl);
        if (!becomesNewLine || termios.Output(Termios.ONlRet))
            _lineColumn = _column = 0;
        sink.Add(becomesNewLine ? (byte)'\n' : (byte)'\r');
    }

    private void Tab()
    {
        int columns = TabWidth - (_column & (TabWidth - 1));
        _column += columns;
        if (!termios.ExpandsTabs)
        {
            sink.Add((byte)'\t');
            return;
        }
        for (; columns > 0; columns--)
            sink.Add((byte)' ');
    }
}
