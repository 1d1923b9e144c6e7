using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>sigaltstack. Linux: kernel/signal.c (<c>do_sigaltstack</c>).</summary>
internal static class AlternateStackCalls
{
    private const int Size = 24, FlagsPlace = 8, SizePlace = 16;
    private const ulong MinimumSize = 2048;

    public static long SigAltStack(Task task, in SyscallArguments args)
    {
        Span<byte> bytes = stackalloc byte[Size];
        ulong sp = task.Cpu.State.Gpr[Registers.Rsp];
        AlternateStack old = task.AlternateStack;
        if (args.A0 != 0)
        {
            if (task.User.CopyFrom(args.A0, bytes) != 0)
                return -Errno.EFAULT;
            int error = Set(task, bytes, sp);
            if (error != 0)
                return error;
        }
        if (args.A1 == 0)
            return 0;
        old.Flags = old.StateAt(sp) | (old.Flags & AlternateStack.AutoDisarm);
        Write(bytes, old);
        return task.User.CopyTo(args.A1, bytes) == 0 ? 0 : -Errno.EFAULT;
    }

    /// <summary>Writes a stack_t as a frame saves it. Linux: <c>__save_altstack</c>.</summary>
    public static void Write(Span<byte> bytes, in AlternateStack stack)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, stack.Base);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[FlagsPlace..], stack.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[SizePlace..], stack.Size);
    }

    /// <summary>Sets the stack that a frame saved; what is wrong with it is passed over. Linux: <c>restore_altstack</c>.</summary>
    public static void RestoreFrom(Task task, ReadOnlySpan<byte> bytes, ulong sp) => _ = Set(task, bytes, sp);

    private static int Set(Task task, ReadOnlySpan<byte> bytes, ulong sp)
    {
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FlagsPlace..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(bytes[SizePlace..]);
        AlternateStack old = task.AlternateStack;
        if (old.IsInUse(sp))
            return -Errno.EPERM;
        uint mode = flags & ~AlternateStack.AutoDisarm;
        if (mode is not (AlternateStack.Disable or AlternateStack.OnStack or 0))
            return -Errno.EINVAL;
        if (old.Base == address && old.Size == size && old.Flags == flags)
            return 0;
        if (mode == AlternateStack.Disable)
            (address, size) = (0, 0);
        else if (size < MinimumSize)
            return -Errno.ENOMEM;
        task.AlternateStack = new AlternateStack { Base = address, Size = size, Flags = flags };
        return 0;
    }
}
