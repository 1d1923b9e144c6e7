using System.Buffers.Binary;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Reads the memory of the task whose call is printed, without changing it.</summary>
/// <returns>Bytes that could be read, from the start.</returns>
internal delegate int MemoryReader(ulong address, Span<byte> buffer);

/// <summary>One system call while it is printed.</summary>
/// <param name="row">Its row.</param>
/// <param name="args">Its arguments.</param>
/// <param name="memory">The caller's memory.</param>
internal sealed class CallText(SyscallRow row, SyscallArguments args, MemoryReader memory)
{
    /// <summary>Most elements of an array, and bytes of a string, that are printed. As strace -s 32.</summary>
    public const int Limit = 32;

    /// <summary>Its row.</summary>
    public SyscallRow Row { get; } = row;

    /// <summary>Its arguments.</summary>
    public SyscallArguments Args { get; } = args;

    /// <summary>Where the current argument, or the note, is written to.</summary>
    public ByteWriter Writer { get; set; } = new();

    /// <summary>What is added behind the result, in parentheses.</summary>
    public ByteWriter Note { get; } = new();

    /// <summary>Whether the call is done.</summary>
    public bool IsDone { get; set; }

    /// <summary>Its result once it is done.</summary>
    public long Result { get; set; }

    /// <summary>Whether it is done and gave an error.</summary>
    public bool HasFailed => IsDone && Result is < 0 and > -4096;

    /// <summary>The finished texts of the arguments; null where one waits for the result, empty where one is not printed at all.</summary>
    public byte[]?[] Texts { get; } = new byte[6][];

    /// <summary>Kept by kinds of lengths that the call changes: what it was before.</summary>
    public int LengthBefore { get; set; }

    /// <summary>Kept by kinds of values that the call changes: what it was before.</summary>
    public ulong ValueBefore { get; set; }

    /// <summary>Whether the result is printed in hexadecimal, for its note tells what its bits mean.</summary>
    public bool IsResultHex { get; set; }

    /// <summary>The caller's stack pointer.</summary>
    public ulong StackPointer { get; init; }

    /// <summary>Kept by the printer: the line has been cut and goes on later.</summary>
    public bool IsCut { get; set; }

    /// <summary>Kept by the printer: how many arguments the cut line has.</summary>
    public int Known { get; set; }

    /// <summary>Reads memory.</summary>
    public int Read(ulong address, Span<byte> buffer) => memory(address, buffer);

    /// <summary>Reads memory, all or nothing.</summary>
    public bool TryRead(ulong address, Span<byte> buffer) => memory(address, buffer) == buffer.Length;

    /// <summary>Reads a word of 8 bytes.</summary>
    public bool TryReadWord(ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool read = TryRead(address, bytes);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return read;
    }

    /// <summary>Reads a word of 4 bytes.</summary>
    public bool TryReadInt(ulong address, out int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        bool read = TryRead(address, bytes);
        value = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return read;
    }

    /// <summary>The number that a kind's count stands for.</summary>
    public ulong CountOf(in CallKind kind) => kind.Count switch
    {
        KindCount.Argument => Args[kind.CountValue],
        KindCount.Pointed => TryReadInt(Args[kind.CountValue], out int count) ? (uint)count : 0,
        KindCount.Result => (ulong)Math.Max(Result, 0),
        _ => (ulong)kind.CountValue,
    };
}
