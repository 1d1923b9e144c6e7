using Emu.Host;

namespace Emu.Syscalls;

/// <summary>A pseudo-terminal: a master, and the terminal that it drives. Linux: drivers/tty/pty.c, with the line discipline N_TTY between the two.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class PseudoTerminal : ITerminalKeys
{
    private const int BufferSize = 65536, ProgramBufferSize = 8192;

    private readonly ByteQueue _incoming = new(BufferSize), _outgoing = new(ProgramBufferSize);
    private readonly LineOutput _output;
    private readonly LineInput _input;

    /// <summary>A pair whose terminal cannot be opened yet.</summary>
    /// <param name="fileSystem">Where the terminal has its name.</param>
    /// <param name="index">The name.</param>
    public PseudoTerminal(PtsFileSystem fileSystem, int index)
    {
        const uint FirstMajor = 136;
        FileSystem = fileSystem;
        Index = index;
        Tty = new Tty { Pair = this, Device = new DeviceNumber(FirstMajor + ((uint)index >> 8), (uint)index & 0xFF) };
        _output = new LineOutput(Termios, _outgoing);
        _input = new LineInput(Termios, _output, this);
    }

    /// <summary>Where the terminal has its name.</summary>
    public PtsFileSystem FileSystem { get; }

    /// <summary>The N of /dev/pts/N.</summary>
    public int Index { get; }

    /// <summary>The terminal as its sessions know it.</summary>
    public Tty Tty { get; }

    /// <summary>The terminal's settings.</summary>
    public Termios Termios { get; } = new();

    /// <summary>Its size.</summary>
    public HostWindowSize WindowSize { get; private set; }

    /// <summary>Whether the terminal cannot be opened. Linux: <c>TTY_PTY_LOCK</c>.</summary>
    public bool IsLocked { get; set; } = true;

    /// <summary>Whether the master is closed.</summary>
    public bool IsMasterClosed { get; private set; }

    /// <summary>Times that all that was open of the terminal was made dead. Linux: <c>hung_up_tty_fops</c>.</summary>
    public int HangUps { get; private set; }

    /// <summary>Bytes that the terminal takes from programs at once.</summary>
    public int OutputRoom => IsStopped ? 0 : _outgoing.Room;

    /// <summary>Times that the terminal is open.</summary>
    public int Opens { get; private set; }

    /// <summary>Whether the terminal was open, and is not. Linux: <c>TTY_OTHER_CLOSED</c> of the master.</summary>
    public bool IsDeserted { get; private set; }

    /// <summary>Whether the master's reads begin with a byte that says what happened. Linux: <c>ctrl.packet</c>.</summary>
    public bool IsPacketMode { get; set; }

    /// <summary>What has happened. Linux: <c>ctrl.pktstatus</c>.</summary>
    public byte PacketStatus { get; set; }

    /// <summary>Whether output is held back. Linux: <c>flow.stopped</c>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Who reads or writes the terminal.</summary>
    public WaitQueue TerminalWait { get; } = new("a terminal");

    /// <summary>Who reads or writes the master.</summary>
    public WaitQueue MasterWait { get; } = new("the master of a terminal");

    /// <summary>Bytes that a read of the terminal would give.</summary>
    public int InputCount => _input.Count;

    /// <summary>Bytes that a read of the master would give.</summary>
    public int OutputCount => _outgoing.Count;

    /// <summary>Whether the master takes more.</summary>
    public bool TakesInput => _incoming.Room > 0;

    /// <summary>Whether there is something to read from the terminal.</summary>
    public bool HasInput(int wanted) => _input.IsAvailable(wanted);

    /// <summary>The terminal is opened once more.</summary>
    public void Open()
    {
        Opens++;
        IsDeserted = false;
    }

    /// <summary>The terminal is open once less.</summary>
    public void Close()
    {
        if (--Opens != 0)
            return;
        IsDeserted = true;
        MasterWait.Wake();
    }

    /// <summary>The master is closed. Linux: <c>pty_close</c>, <c>__tty_hangup</c>.</summary>
    public void CloseMaster()
    {
        IsMasterClosed = true;
        FileSystem.Remove(this);
        HangUpFiles();
        Tty.HangUpSession();
    }

    /// <summary>What is open of the terminal is dead from now on. Linux: <c>__tty_hangup</c>.</summary>
    public void HangUpFiles()
    {
        HangUps++;
        TerminalWait.Wake();
    }

    /// <summary>Types bytes. Linux: <c>tty_insert_flip_string</c>, <c>n_tty_receive_buf</c>.</summary>
    public void Type(ReadOnlySpan<byte> bytes)
    {
        _incoming.Add(bytes);
        Process();
    }

    /// <summary>Reads what was typed.</summary>
    /// <returns>Bytes.</returns>
    public int Read(Span<byte> to)
    {
        int count = _input.Read(to);
        Process();
        return count;
    }

    /// <summary>A program writes.</summary>
    /// <returns>Bytes written: all.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            _output.Write(value);
        MasterWait.Wake(PollEvents.Readable);
        return bytes.Length;
    }

    /// <summary>The master reads what programs wrote.</summary>
    public int ReadMaster(Span<byte> to)
    {
        int count = _outgoing.Take(to);
        TerminalWait.Wake(PollEvents.Writable);
        return count;
    }

    /// <summary>Takes other settings.</summary>
    /// <param name="bytes">As in <see cref="Syscalls.Termios"/>.</param>
    /// <param name="flushes">Whether what was typed is dropped.</param>
    public void SetTermios(ReadOnlySpan<byte> bytes, bool flushes)
    {
        bool wasCanonical = Termios.Local(Termios.ICanon);
        Termios.Set(bytes);
        if (flushes)
            Flush(input: true, output: false);
        if (wasCanonical != Termios.Local(Termios.ICanon))
            _input.ModeChanged();
        if (!Termios.Input(Termios.IXon))
            Flow(stopped: false);
        Process();
        TerminalWait.Wake();
    }

    /// <summary>Changes the size, and tells the foreground. Linux: <c>pty_resize</c>.</summary>
    public void Resize(HostWindowSize size)
    {
        if (size == WindowSize)
            return;
        WindowSize = size;
        if (Tty.ForegroundGroup is { } group)
            SignalSender.SendToGroup(group, Signal.SIGWINCH);
    }

    /// <summary>Drops what is on its way. Linux: <c>n_tty_ioctl_helper</c> (TCFLSH).</summary>
    public void Flush(bool input, bool output)
    {
        if (input)
        {
            _incoming.Clear();
            _input.Clear();
            Notify(PacketBits.FlushRead);
        }
        if (output)
        {
            _outgoing.Clear();
            Notify(PacketBits.FlushWrite);
        }
        MasterWait.Wake();
        TerminalWait.Wake();
    }

    /// <inheritdoc/>
    public void Send(int signal, bool flushes)
    {
        if (flushes)
            Flush(input: true, output: true);
        if (Tty.ForegroundGroup is { } group)
            SignalSender.SendToGroup(group, signal);
    }

    /// <inheritdoc/>
    public void Flow(bool stopped)
    {
        if (stopped == IsStopped)
            return;
        IsStopped = stopped;
        Notify(stopped ? PacketBits.Stop : PacketBits.Start);
        TerminalWait.Wake(PollEvents.Writable);
    }

    /// <inheritdoc/>
    public void EchoRaw(ReadOnlySpan<byte> bytes) => _outgoing.Add(bytes);

    private void Notify(byte what)
    {
        if (!IsPacketMode)
            return;
        PacketStatus |= what;
        MasterWait.Wake();
    }

    // What was typed goes on as far as there is room for it.
    private void Process()
    {
        int before = _outgoing.Count;
        bool any = _incoming.Count != 0;
        while (_incoming.Count != 0 && _input.HasRoom)
            _input.Receive(_incoming.Take());
        if (any)
            TerminalWait.Wake(PollEvents.Readable);
        if (any || _outgoing.Count != before)
            MasterWait.Wake();
    }
}

/// <summary>What the first byte of a read in packet mode says. Linux: include/uapi/asm-generic/ioctls.h (<c>TIOCPKT_*</c>).</summary>
internal static class PacketBits
{
#pragma warning disable CS1591 // the names are the documentation
    public const byte Data = 0, FlushRead = 1, FlushWrite = 2, Stop = 4, Start = 8;
#pragma warning restore CS1591
}
