using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Loader;

/// <summary>What a program finds on its stack. Linux: fs/exec.c (<c>copy_strings</c>, <c>setup_arg_pages</c>), <c>create_elf_tables</c>.</summary>
/// <remarks>
/// <code>
/// top      8 zero bytes
///          file name, environment strings, argument strings
///          "x86_64", 16 random bytes
///          auxiliary vector, envp[], argv[]
/// RSP      argc
/// </code>
/// </remarks>
public sealed class InitialStack
{
    /// <summary>One past the stack's last byte. Linux: <c>STACK_TOP</c>.</summary>
    public const ulong Top = MmConstants.TaskSize;

    private const ulong MaxString = 32 * MmConstants.PageSize, MinimumArguments = 131072, MaximumArguments = 6UL << 20, Slack = 131072;

    private static readonly byte[] Platform = "x86_64\0"u8.ToArray();

    private readonly UserAccess _user;
    private ulong _at;

    /// <summary>A stack in an address space that has none yet.</summary>
    public InitialStack(UserAccess user) => _user = user;

    /// <summary>RSP at the start.</summary>
    public ulong StackPointer => _at;

    /// <summary>Whether the strings fit under the limits. Linux: <c>bprm_stack_limits</c>.</summary>
    /// <returns>0 or -E2BIG.</returns>
    public static int CheckSize(IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, ulong stackLimit)
    {
        ulong limit = Math.Max(Math.Min(stackLimit / 4, MaximumArguments), MinimumArguments);
        ulong total = (ulong)(arguments.Count + environment.Count) * 8;
        foreach (byte[] text in arguments.Concat(environment))
        {
            if ((ulong)text.Length + 1 > MaxString)
                return -Errno.E2BIG;
            total += (ulong)text.Length + 1;
        }
        return total > limit ? -Errno.E2BIG : 0;
    }

    /// <summary>Makes the stack's area and puts the strings on it.</summary>
    /// <param name="fileName">As AT_EXECFN gives it.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="executable">Whether the program asks for an executable stack.</param>
    /// <returns>0 or a negative errno.</returns>
    public int PutStrings(byte[] fileName, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, bool executable)
    {
        MemoryDescriptor mm = _user.Mm;
        int error = mm.CreateStack(Top, executable);
        if (error != 0)
            return error;
        _at = Top - 8;
        if (!PutString(fileName))
            return -Errno.EFAULT;
        FileNameAddress = _at;
        mm.Layout.EnvEnd = _at;
        if (!PutStrings(environment))
            return -Errno.EFAULT;
        mm.Layout.EnvStart = mm.Layout.ArgEnd = _at;
        if (!PutStrings(arguments))
            return -Errno.EFAULT;
        mm.Layout.ArgStart = _at;
        return mm.GrowStackForStart(_at, Slack);
    }

    /// <summary>Where the file name stands.</summary>
    public ulong FileNameAddress { get; private set; }

    /// <summary>Puts the auxiliary vector and the pointers on the stack.</summary>
    /// <param name="vector">The vector; what points to the stack is filled in here.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="random">Sixteen bytes for AT_RANDOM.</param>
    /// <returns>0 or -EFAULT.</returns>
    public int PutTables(AuxiliaryVector vector, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, ReadOnlySpan<byte> random)
    {
        _at &= ~15UL;
        if (!Put(Platform))
            return -Errno.EFAULT;
        vector.Set(AuxiliaryVector.Platform, _at);
        if (!Put(random))
            return -Errno.EFAULT;
        vector.Set(AuxiliaryVector.Random, _at);
        vector.Set(AuxiliaryVector.ExecFileName, FileNameAddress);
        byte[] auxiliary = vector.ToBytes();
        ulong pointers = (ulong)(arguments.Count + environment.Count + 3) * 8;
        _at = (_at - (ulong)auxiliary.Length - pointers) & ~15UL;

        MemoryDescriptor mm = _user.Mm;
        byte[] table = new byte[pointers];
        int offset = 0;
        Append(table, ref offset, (ulong)arguments.Count);
        AppendPointers(table, ref offset, arguments, mm.Layout.ArgStart);
        AppendPointers(table, ref offset, environment, mm.Layout.EnvStart);
        mm.Layout.StartStack = _at;
        mm.Layout.AuxiliaryVector = auxiliary;
        bool done = _user.CopyTo(_at, table) == 0 && _user.CopyTo(_at + pointers, auxiliary) == 0;
        return done ? 0 : -Errno.EFAULT;
    }

    // The strings of a list stand in ascending order, so the last is put first.
    private bool PutStrings(IReadOnlyList<byte[]> strings)
    {
        for (int i = strings.Count - 1; i >= 0; i--)
        {
            if (!PutString(strings[i]))
                return false;
        }
        return true;
    }

    private bool PutString(byte[] text) => Put([0]) && Put(text);

    private bool Put(ReadOnlySpan<byte> data)
    {
        _at -= (ulong)data.Length;
        return _user.CopyTo(_at, data) == 0;
    }

    private static void AppendPointers(byte[] table, ref int offset, IReadOnlyList<byte[]> strings, ulong address)
    {
        foreach (byte[] text in strings)
        {
            Append(table, ref offset, address);
            address += (ulong)text.Length + 1;
        }
        Append(table, ref offset, 0);
    }

    private static void Append(byte[] table, ref int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(offset), value);
        offset += 8;
    }
}
