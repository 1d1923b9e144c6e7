using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Protection keys: pkey_alloc, pkey_free, pkey_mprotect, and execute-only memory, which uses one. Linux: mm/mprotect.c; pkeys(7).</summary>
internal static class KeyCalls
{
    private const ulong AccessMask = 3; // PKEY_DISABLE_ACCESS, PKEY_DISABLE_WRITE

    public static long Alloc(Task task, in SyscallArguments args)
    {
        if (args.A0 != 0 || (args.A1 & ~AccessMask) != 0)
            return -Errno.EINVAL;
        int key = task.Mm.AllocateKey();
        if (key < 0)
            return key;
        if (!task.Mm.Manager.HasProtectionKeys)
        {
            _ = task.Mm.FreeKey(key); // as in Linux, which cannot give back what is set aside
            return -Errno.EINVAL;
        }
        SetRights(task, key, (uint)args.A1);
        return key;
    }

    public static long Free(Task task, in SyscallArguments args) => task.Mm.FreeKey(args.Int(0));

    public static long Mprotect(Task task, in SyscallArguments args) => Protect(task, args, args.Int(3));

    /// <summary>mprotect with a key, or -1 for the area's own.</summary>
    public static long Protect(Task task, in SyscallArguments args, int key)
    {
        MemoryProtection protection = (MemoryProtection)args.A2;
        int executeOnly = key == -1 ? ExecuteOnly(task, protection) : 0;
        return task.Mm.Protect(args.A0, args.A1, protection, key, executeOnly, task.User.Context);
    }

    /// <summary>The key that memory gets which can be executed alone; 0 for any other. Linux: <c>do_mmap</c>, <c>__execute_only_pkey</c>.</summary>
    public static int ExecuteOnly(Task task, MemoryProtection protection)
    {
        if (protection != MemoryProtection.Exec || !task.Mm.Manager.HasProtectionKeys)
            return 0;
        int key = task.Mm.ExecuteOnlyKey(out _);
        if (key > 0)
            SetRights(task, key, 1);
        return key;
    }

    // Two bits a key. Linux: arch_set_user_pkey_access
    private static void SetRights(Task task, int key, uint rights)
    {
        ref CpuState state = ref task.Cpu.State;
        state.Pkru = (state.Pkru & ~(3u << (key * 2))) | (rights << (key * 2));
    }
}
