using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Copies between the memory of two processes. Linux: mm/process_vm_access.c.</summary>
internal static class ProcessMemory
{
    private const ulong MaxVectors = 1024;

    public static long ReadV(Task task, in SyscallArguments args) => Transfer(task, args, write: false);

    public static long WriteV(Task task, in SyscallArguments args) => Transfer(task, args, write: true);

    // Linux: process_vm_rw
    private static long Transfer(Task task, in SyscallArguments args, bool write)
    {
        if (args.A5 != 0)
            return -Errno.EINVAL;
        long total = TransferCalls.GetVectors(task, args.A1, args.A2, out IoVector[] local);
        if (total <= 0)
            return total;
        int error = GetRemote(task, args.A3, args.A4, out IoVector[] remote);
        if (error != 0)
            return error;
        if (!Array.Exists(remote, static vector => vector.Length != 0))
            return 0;
        error = Find(task, args.Int(0), out MemoryDescriptor? mm);
        if (error != 0)
            return error;
        UserAccess other = new(mm!) { Context = task.User.Context };
        IovIter iter = new(task.User, local, total);
        foreach (IoVector vector in remote)
        {
            if (iter.Count == 0)
                break;
            error = TransferVector(other, vector, ref iter, write);
            if (error != 0)
                break;
        }
        long done = total - iter.Count;
        return done != 0 ? done : error;
    }

    // Addresses of another process are checked by the access alone. Linux: iovec_from_user
    private static int GetRemote(Task task, ulong address, ulong count, out IoVector[] vectors)
    {
        vectors = [];
        if (count > MaxVectors)
            return -Errno.EINVAL;
        vectors = new IoVector[count];
        if (task.User.CopyFrom(address, System.Runtime.InteropServices.MemoryMarshal.AsBytes(vectors.AsSpan())) != 0)
            return -Errno.EFAULT;
        return Array.Exists(vectors, static vector => (long)vector.Length < 0) ? -Errno.EINVAL : 0;
    }

    // Linux: the look-up in process_vm_rw_core
    private static int Find(Task task, int number, out MemoryDescriptor? mm)
    {
        mm = null;
        Task? other = task.Kernel.Pids.FindTask(number);
        if (other == null || other.IsKernelThread || other.IsExiting)
            return -Errno.ESRCH;
        if (!task.MayInspect(other))
            return -Errno.EPERM;
        mm = other.Mm;
        return 0;
    }

    // Page by page, so that what comes before a hole is copied. Linux: process_vm_rw_single_vec
    private static int TransferVector(UserAccess other, IoVector vector, ref IovIter iter, bool write)
    {
        Span<byte> buffer = stackalloc byte[(int)MmConstants.PageSize];
        ulong address = vector.Address, end = vector.Address + vector.Length;
        while (address < end && iter.Count != 0)
        {
            ulong left = MmConstants.PageSize - (address & ~MmConstants.PageMask);
            int part = (int)Math.Min(Math.Min(left, end - address), (ulong)iter.Count);
            if (!other.Mm.MayPin(address, write))
                return -Errno.EFAULT;
            int done = write ? CopyOver(other, address, buffer[..part], ref iter) : CopyBack(other, address, buffer[..part], ref iter);
            if (done < part)
                return -Errno.EFAULT;
            address += (ulong)part;
        }
        return 0;
    }

    private static int CopyBack(UserAccess other, ulong address, scoped Span<byte> buffer, ref IovIter iter) =>
        other.CopyFrom(address, buffer) == 0 ? iter.CopyTo(buffer) : 0;

    private static int CopyOver(UserAccess other, ulong address, scoped Span<byte> buffer, ref IovIter iter)
    {
        int copied = iter.CopyFrom(buffer);
        return other.CopyTo(address, buffer[..copied]) == 0 ? copied : 0;
    }
}
