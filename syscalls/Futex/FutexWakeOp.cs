using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>FUTEX_WAKE_OP: changes a second futex and wakes its waiters if its old value was so. Linux: <c>futex_wake_op</c>, futex(2).</summary>
internal static class FutexWakeOp
{
    private const int Set = 0, Add = 1, Or = 2, AndNot = 3, Xor = 4, ShiftFlag = 8;
    private const int Equal = 0, NotEqual = 1, Less = 2, LessOrEqual = 3, Greater = 4, GreaterOrEqual = 5;

    /// <summary>Does the operation.</summary>
    /// <param name="task">Who calls.</param>
    /// <param name="first">Address of the futex that is woken in any case.</param>
    /// <param name="second">Address of the one that is changed.</param>
    /// <param name="counts">How many to wake of each.</param>
    /// <param name="operation">What to do, encoded.</param>
    /// <param name="isShared">Whether they are shared.</param>
    /// <returns>How many were woken, or -EFAULT, -EINVAL, -ENOSYS.</returns>
    public static long Run(Task task, ulong first, ulong second, (int First, int Second) counts, uint operation, bool isShared)
    {
        int error = FutexKey.TryGet(task, first, isShared, out FutexKey key);
        if (error == 0)
            error = FutexKey.TryGet(task, second, isShared, out FutexKey _);
        if (error != 0)
            return error;
        error = TryChange(task, second, operation, out bool holds);
        if (error != 0)
            return error;
        long woken = task.Kernel.Futexes.Wake(key, counts.First, FutexWaiter.AnyBit);
        if (!holds || woken < 0)
            return woken;
        error = FutexKey.TryGet(task, second, isShared, out FutexKey other);
        if (error != 0)
            return error;
        int more = task.Kernel.Futexes.Wake(other, counts.Second, FutexWaiter.AnyBit);
        return more < 0 ? more : woken + more;
    }

    // Linux: futex_atomic_op_inuser
    private static int TryChange(Task task, ulong address, uint encoded, out bool holds)
    {
        holds = false;
        int operation = (int)(encoded >> 28) & 7, comparison = (int)(encoded >> 24) & 0xF;
        int operand = Extend((encoded >> 12) & 0xFFF), argument = Extend(encoded & 0xFFF);
        if (((encoded >> 28) & ShiftFlag) != 0)
            operand = 1 << (operand & 31);
        if (operation > Xor)
            return -Errno.ENOSYS;
        ref uint word = ref task.User.TryPin32(address, write: true);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref word))
            return -Errno.EFAULT;
        int old;
        do
            old = (int)Volatile.Read(ref word);
        while (Interlocked.CompareExchange(ref word, (uint)Apply(operation, old, operand), (uint)old) != (uint)old);
        return Compare(comparison, old, argument, out holds);
    }

    private static int Apply(int operation, int old, int operand) => operation switch
    {
        Set => operand,
        Add => old + operand,
        Or => old | operand,
        AndNot => old & ~operand,
        _ => old ^ operand,
    };

    private static int Compare(int comparison, int old, int argument, out bool holds)
    {
        holds = comparison switch
        {
            Equal => old == argument,
            NotEqual => old != argument,
            Less => old < argument,
            LessOrEqual => old <= argument,
            Greater => old > argument,
            _ => old >= argument,
        };
        return comparison > GreaterOrEqual ? -Errno.ENOSYS : 0;
    }

    // Twelve bits with their sign.
    private static int Extend(uint bits) => (int)(bits << 20) >> 20;
}
