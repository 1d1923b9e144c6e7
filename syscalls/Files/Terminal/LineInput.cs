namespace Emu.Syscalls;

/// <summary>What has been typed and not been read, and the keys that have a meaning. Linux: drivers/tty/n_tty.c (<c>struct n_tty_data</c>).</summary>
/// <param name="termios">The settings.</param>
/// <param name="echo">Where it is echoed.</param>
/// <param name="keys">What the keys do that concern more than the line.</param>
internal sealed class LineInput(Termios termios, LineOutput echo, ITerminalKeys keys)
{
    private const int Size = 4096;
    private const byte EndOfFile = 0;

    private readonly byte[] _data = new byte[Size];
    private readonly bool[] _endsLine = new bool[Size];
    private long _head, _lineStart, _tail;
    private bool _literal;

    /// <summary>Bytes that a read in lines would give, or that are there at all. Linux: <c>FIONREAD</c>.</summary>
    public int Count
    {
        get
        {
            if (!IsCanonical)
                return (int)(_head - _tail);
            int count = (int)(_lineStart - _tail);
            for (long at = _tail; at < _lineStart; at++)
                count -= _endsLine[at % Size] && _data[at % Size] == EndOfFile ? 1 : 0;
            return count;
        }
    }

    /// <summary>Whether it takes another byte; in lines, one that is too long is cut.</summary>
    public bool HasRoom => _head - _tail < Size - 1 || (IsCanonical && _lineStart == _tail);

    /// <summary>Whether there is something to read. Linux: <c>input_available_p</c>.</summary>
    /// <param name="wanted">Bytes that are wanted, where it is not read in lines.</param>
    public bool IsAvailable(int wanted) => IsCanonical ? _lineStart != _tail : _head - _tail >= wanted;

    private bool IsCanonical => termios.Local(Termios.ICanon);

    /// <summary>A byte has come from the keyboard. Linux: <c>n_tty_receive_char_special</c>.</summary>
    public void Receive(byte value)
    {
        if (termios.Input(Termios.IStrip))
            value &= 0x7F;
        if (_literal)
        {
            _literal = false;
            Store(value);
            return;
        }
        if (termios.Input(Termios.IuClc) && termios.Local(Termios.IExten) && value is >= (byte)'A' and <= (byte)'Z')
            value += 0x20;
        if (IsFlowKey(value) || IsSignalKey(value))
            return;
        if (termios.Input(Termios.IXon | Termios.IXany) && termios.Input(Termios.IXany))
            keys.Flow(stopped: false);
        if (value == (byte)'\r')
        {
            if (termios.Input(Termios.IgnCr))
                return;
            value = termios.Input(Termios.ICrNl) ? (byte)'\n' : value;
        }
        else if (value == (byte)'\n' && termios.Input(Termios.INlCr))
        {
            value = (byte)'\r';
        }
        if (!IsCanonical || !IsLineKey(value))
            Store(value);
    }

    /// <summary>Reads a line, or a part of one; or what is there.</summary>
    /// <param name="to">Where to.</param>
    /// <returns>Bytes.</returns>
    public int Read(Span<byte> to)
    {
        int count = 0;
        bool endsRead = false;
        long end = IsCanonical ? _lineStart : _head;
        while (count < to.Length && _tail < end)
        {
            int at = (int)(_tail++ % Size);
            bool isEnd = IsCanonical && _endsLine[at];
            _endsLine[at] = false;
            if (!isEnd || _data[at] != EndOfFile)
                to[count++] = _data[at];
            if (!isEnd)
                continue;
            endsRead = true;
            break;
        }
        // The end of a file that stands right behind what was read belongs to it.
        if (!endsRead && IsCanonical && count == to.Length && _tail < end && _endsLine[_tail % Size] && _data[_tail % Size] == EndOfFile)
        {
            _endsLine[_tail++ % Size] = false;
        }
        return count;
    }

    /// <summary>Drops what was typed. Linux: <c>reset_buffer_flags</c>.</summary>
    public void Clear()
    {
        Array.Clear(_endsLine);
        _head = _lineStart = _tail = 0;
        _literal = false;
    }

    /// <summary>It begins or ceases to be read in lines: what is there is one line, or none. Linux: <c>n_tty_set_termios</c>.</summary>
    public void ModeChanged()
    {
        Array.Clear(_endsLine);
        if (IsCanonical && _head != _tail)
        {
            _endsLine[(_head - 1) % Size] = true;
            _lineStart = _head;
        }
        else
        {
            _lineStart = _tail;
        }
        _literal = false;
    }

    private bool IsFlowKey(byte value)
    {
        if (!termios.Input(Termios.IXon))
            return false;
        bool starts = termios.Is(value, Termios.Start), stops = termios.Is(value, Termios.Stop);
        if (starts || stops)
            keys.Flow(stopped: !starts);
        return starts || stops;
    }

    // Linux: n_tty_receive_signal_char
    private bool IsSignalKey(byte value)
    {
        if (!termios.Local(Termios.ISig))
            return false;
        int signal = termios.Is(value, Termios.Intr) ? Signal.SIGINT
            : termios.Is(value, Termios.Quit) ? Signal.SIGQUIT
            : termios.Is(value, Termios.Susp) ? Signal.SIGTSTP : 0;
        if (signal == 0)
            return false;
        keys.Send(signal, flushes: !termios.Local(Termios.NoFlush));
        if (termios.Input(Termios.IXon))
            keys.Flow(stopped: false);
        if (termios.Local(Termios.Echo))
            echo.Echo(value);
        return true;
    }

    // Linux: n_tty_receive_char_canon
    private bool IsLineKey(byte value)
    {
        bool extended = termios.Local(Termios.IExten), echoes = termios.Local(Termios.Echo);
        if (termios.Is(value, Termios.Erase) || termios.Is(value, Termios.Kill) || (extended && termios.Is(value, Termios.WordErase)))
        {
            Erase(value);
            return true;
        }
        if (extended && termios.Is(value, Termios.LiteralNext))
        {
            _literal = true;
            if (echoes && termios.Local(Termios.EchoCtl))
                keys.EchoRaw("^\b"u8);
            return true;
        }
        if (extended && echoes && termios.Is(value, Termios.Reprint))
        {
            Reprint(value);
            return true;
        }
        if (value == (byte)'\n')
        {
            if (termios.Local(Termios.Echo | Termios.EchoNl))
                echo.Write(value);
            EndLine(value);
            return true;
        }
        if (termios.Is(value, Termios.Eof))
        {
            EndLine(EndOfFile);
            return true;
        }
        if (!termios.Is(value, Termios.Eol) && !(extended && termios.Is(value, Termios.Eol2)))
            return false;
        if (echoes)
            EchoStored(value);
        EndLine(value);
        return true;
    }

    private void Store(byte value)
    {
        if (termios.Local(Termios.Echo))
            EchoStored(value);
        Put(value);
    }

    private void EchoStored(byte value)
    {
        if (value == (byte)'\n')
        {
            echo.Write(value);
            return;
        }
        if (_lineStart == _head)
            echo.BeginLine();
        echo.Echo(value);
    }

    private void EndLine(byte value)
    {
        Put(value);
        _endsLine[(_head - 1) % Size] = true;
        _lineStart = _head;
    }

    // A line that is too long keeps its start, and room for its end.
    private void Put(byte value)
    {
        if (_head - _tail >= Size - 1)
            _head--;
        _endsLine[_head % Size] = false;
        _data[_head++ % Size] = value;
    }

    private void Reprint(byte key)
    {
        echo.Echo(key);
        echo.Write((byte)'\n');
        for (long at = _lineStart; at < _head; at++)
            echo.Echo(_data[at % Size]);
    }

    // Linux: eraser
    private void Erase(byte key)
    {
        if (_head == _lineStart)
            return;
        bool isKill = termios.Is(key, Termios.Kill), isWord = !isKill && !termios.Is(key, Termios.Erase), echoes = termios.Local(Termios.Echo);
        if (isKill && (!echoes || !termios.Local(Termios.EchoK) || !termios.Local(Termios.EchoKe) || !termios.Local(Termios.EchoE)))
        {
            _head = _lineStart;
            if (!echoes)
                return;
            echo.Echo(key);
            if (termios.Local(Termios.EchoK))
                echo.Write((byte)'\n');
            return;
        }
        bool seenWord = false;
        while (_head != _lineStart)
        {
            long at = _head - 1;
            while (at > _lineStart && echo.IsContinuation(_data[at % Size]))
                at--;
            byte value = _data[at % Size];
            if (isWord && !IsWordByte(value) && seenWord)
                return;
            seenWord |= IsWordByte(value);
            _head = at;
            if (echoes)
                EraseEcho(value, key, showsKey: !isKill && !isWord && !termios.Local(Termios.EchoE));
            if (!isKill && !isWord)
                return;
        }
    }

    private void EraseEcho(byte value, byte key, bool showsKey)
    {
        if (showsKey)
            echo.Echo(key);
        else if (value == (byte)'\t')
            EraseTab();
        else if (LineOutput.IsControl(value))
            echo.Erase(termios.Local(Termios.EchoCtl) ? 2 : 0);
        else
            echo.Erase(1);
    }

    private void EraseTab()
    {
        int columns = 0;
        for (long at = _head - 1; at >= _lineStart; at--)
        {
            byte value = _data[at % Size];
            if (value == (byte)'\t')
            {
                echo.EraseTab(columns, afterTab: true);
                return;
            }
            if (LineOutput.IsControl(value))
                columns += termios.Local(Termios.EchoCtl) ? 2 : 0;
            else if (!echo.IsContinuation(value))
                columns++;
        }
        echo.EraseTab(columns, afterTab: false);
    }

    private static bool IsWordByte(byte value) => char.IsAsciiLetterOrDigit((char)value) || value == (byte)'_';
}

/// <summary>What keys do that concern more than the line that is typed.</summary>
internal interface ITerminalKeys
{
    /// <summary>Sends a signal to the process group in the foreground. Linux: <c>isig</c>.</summary>
    /// <param name="signal">Which.</param>
    /// <param name="flushes">Whether what is on its way in both directions is dropped.</param>
    void Send(int signal, bool flushes);

    /// <summary>Stops output, or lets it go on. Linux: <c>stop_tty</c>, <c>start_tty</c>.</summary>
    void Flow(bool stopped);

    /// <summary>Echoes bytes as they are.</summary>
    void EchoRaw(ReadOnlySpan<byte> bytes);
}
