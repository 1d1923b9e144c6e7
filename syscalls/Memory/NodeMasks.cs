using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Sets of nodes as user space has them. Linux: mm/mempolicy.c (<c>get_nodes</c>, <c>copy_nodes_to_user</c>).</summary>
internal static class NodeMasks
{
    /// <summary>Words of a mask of the kernel's.</summary>
    public const int Words = MemPolicy.MaxNodes / Bits;

    private const int Bits = 64;

    /// <summary>Reads a set.</summary>
    /// <param name="task">Whose.</param>
    /// <param name="address">Where; 0 for none.</param>
    /// <param name="maxNode">Bits in it, and one.</param>
    /// <param name="nodes">Takes <see cref="Words"/> words.</param>
    /// <returns>0, -EINVAL (too large, or a node named that cannot be), -EFAULT.</returns>
    public static int Read(Task task, ulong address, ulong maxNode, Span<ulong> nodes)
    {
        nodes.Clear();
        maxNode--;
        if (maxNode == 0 || address == 0)
            return 0;
        if (maxNode > MmConstants.PageSize * 8)
            return -Errno.EINVAL;
        for (ulong bit = 0; bit < maxNode; bit += Bits)
        {
            if (!task.User.TryGet(address + (bit / 8), out ulong word))
                return -Errno.EFAULT;
            if (maxNode - bit < Bits)
                word &= (1UL << (int)(maxNode - bit)) - 1;
            if (bit < MemPolicy.MaxNodes)
                nodes[(int)(bit / Bits)] = word;
            else if (word != 0)
                return -Errno.EINVAL;
        }
        return 0;
    }

    /// <summary>Writes a set; what is beyond the machine's nodes is cleared.</summary>
    /// <returns>0, -EINVAL, -EFAULT.</returns>
    public static int Write(Task task, ulong address, ulong maxNode, NodeMask nodes)
    {
        ulong bytes = (maxNode - 1 + Bits - 1) / Bits * (Bits / 8);
        if (bytes > MmConstants.PageSize)
            return -Errno.EINVAL;
        if (bytes > sizeof(ulong) && task.User.Clear(address + sizeof(ulong), bytes - sizeof(ulong)) != 0)
            return -Errno.EFAULT;
        return bytes == 0 || task.User.TryPut(address, nodes.Bits) ? 0 : -Errno.EFAULT;
    }
}
