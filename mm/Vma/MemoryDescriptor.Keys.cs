namespace Emu.Mm;

/// <content>Protection keys. Linux: arch/x86/mm/pkeys.c, arch/x86/include/asm/pkeys.h.</content>
public sealed partial class MemoryDescriptor
{
    private const int Keys = 16;

    // Without keys Linux leaves both as they are made: no key taken, and key 0 set aside.
    private uint _allocatedKeys;
    private int _executeOnlyKey;

    private int MaxKeys => Manager.HasProtectionKeys ? Keys : 1;

    /// <summary>Takes a key that is free. Linux: <c>mm_pkey_alloc</c>.</summary>
    /// <returns>The key or -ENOSPC.</returns>
    public int AllocateKey()
    {
        int key = System.Numerics.BitOperations.TrailingZeroCount(~_allocatedKeys);
        if (key >= MaxKeys)
            return -Errno.ENOSPC;
        _allocatedKeys |= 1u << key;
        return key;
    }

    /// <summary>Gives a key back; memory that has it keeps it. Linux: <c>mm_pkey_free</c>.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public int FreeKey(int key)
    {
        if (!IsKeyAllocated(key))
            return -Errno.EINVAL;
        _allocatedKeys &= ~(1u << key);
        return 0;
    }

    /// <summary>Whether the process may use a key. Linux: <c>mm_pkey_is_allocated</c>.</summary>
    public bool IsKeyAllocated(int key) => key >= 0 && key < MaxKeys && key != _executeOnlyKey && (_allocatedKeys & (1u << key)) != 0;

    /// <summary>The key of memory that can be executed and not read; taken when it is first needed. Linux: <c>execute_only_pkey</c>.</summary>
    /// <param name="isNew">Whether it was taken now: the caller must forbid the task to read through it.</param>
    /// <returns>0 if there is none.</returns>
    public int ExecuteOnlyKey(out bool isNew)
    {
        isNew = false;
        if (!Manager.HasProtectionKeys || _executeOnlyKey > 0)
            return Math.Max(_executeOnlyKey, 0);
        int key = AllocateKey();
        if (key <= 0)
            return 0;
        isNew = true;
        return _executeOnlyKey = key;
    }

    // Linux: init_new_context
    private void InitialiseKeys()
    {
        if (Manager.HasProtectionKeys)
            (_allocatedKeys, _executeOnlyKey) = (1, -1);
    }

    // Linux: arch_dup_pkeys
    private void CopyKeys(MemoryDescriptor parent) => (_allocatedKeys, _executeOnlyKey) = (parent._allocatedKeys, parent._executeOnlyKey);

    // The key of a part of an area after mprotect. Linux: __arch_override_mprotect_pkey
    private int KeyAfterProtect(VmArea area, MemoryProtection protection, int key, int executeOnly)
    {
        const MemoryProtection Access = MemoryProtection.Read | MemoryProtection.Write | MemoryProtection.Exec;
        if (key >= 0 || !Manager.HasProtectionKeys)
            return Math.Max(key, 0);
        if ((protection & Access) == MemoryProtection.Exec && executeOnly > 0)
            return executeOnly;
        bool wasExecuteOnly = (area.Flags & VmFlags.AccessMask) == VmFlags.Exec && area.ProtectionKey == _executeOnlyKey;
        return wasExecuteOnly ? 0 : area.ProtectionKey;
    }
}
