using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Where memory comes from: set_mempolicy and its kin. Linux: mm/mempolicy.c; set_mempolicy(2).</summary>
internal static class PolicyCalls
{
    // Linux: MPOL_F_NODE, MPOL_F_ADDR, MPOL_F_MEMS_ALLOWED
    private const ulong ReportNode = 1, AtAddress = 2, MemsAllowed = 4;

    // No policy of its own, as get_mempolicy tells it.
    private const int Default = 0;

    public static long SetMempolicy(Task task, in SyscallArguments args)
    {
        int error = MemPolicy.TryParseMode(args.Int(0), out PolicyMode mode, out PolicyFlags flags);
        Span<ulong> nodes = stackalloc ulong[NodeMasks.Words];
        if (error == 0)
            error = NodeMasks.Read(task, args.A1, args.A2, nodes);
        MemPolicy? policy = null;
        if (error == 0)
            error = MemPolicy.TryCreate(mode, flags, nodes, task.Kernel.Memory.NodesWithMemory, out policy);
        return error == 0 ? Set(task, policy) : error;
    }

    public static long GetMempolicy(Task task, in SyscallArguments args)
    {
        ulong flags = args.A4;
        if (args.A1 != 0 && args.A2 < (ulong)task.Kernel.Memory.Nodes.Count)
            return -Errno.EINVAL;
        if ((flags & ~(ReportNode | AtAddress | MemsAllowed)) != 0)
            return -Errno.EINVAL;
        int value = Default;
        NodeMask nodes;
        if ((flags & MemsAllowed) != 0)
        {
            if ((flags & (ReportNode | AtAddress)) != 0)
                return -Errno.EINVAL;
            nodes = task.Kernel.Memory.NodesWithMemory;
        }
        else
        {
            int error = Report(task, args.A3, flags, out value, out nodes);
            if (error != 0)
                return error;
        }
        if (args.A0 != 0 && !task.User.TryPut(args.A0, value))
            return -Errno.EFAULT;
        return args.A1 == 0 ? 0 : NodeMasks.Write(task, args.A1, args.A2, nodes);
    }

    public static long Mbind(Task task, in SyscallArguments args)
    {
        int error = MemPolicy.TryParseMode(args.Int(2), out PolicyMode mode, out PolicyFlags modeFlags);
        Span<ulong> nodes = stackalloc ulong[NodeMasks.Words];
        if (error == 0)
            error = NodeMasks.Read(task, args.A3, args.A4, nodes);
        if (error != 0)
            return error;
        BindFlags flags = (BindFlags)args.Int(5);
        if ((flags & ~BindFlags.Valid) != 0)
            return -Errno.EINVAL;
        if ((flags & BindFlags.MoveAll) != 0 && !task.Credentials.Can(Capability.SysNice))
            return -Errno.EPERM;
        ulong length = MmConstants.PageAlign(args.A1);
        if ((args.A0 & ~MmConstants.PageMask) != 0 || args.A0 + length < args.A0)
            return -Errno.EINVAL;
        if (length == 0)
            return 0;
        error = MemPolicy.TryCreate(mode, modeFlags, nodes, task.Kernel.Memory.NodesWithMemory, out MemPolicy? policy);
        return error != 0 ? error : task.Mm.Bind(args.A0, length, policy, new NodeMask(nodes[0]), flags);
    }

    public static long SetMempolicyHomeNode(Task task, in SyscallArguments args) => task.Mm.SetHomeNode(args.A0, args.A1, args.A2, args.A3);

    public static long MigratePages(Task task, in SyscallArguments args)
    {
        Span<ulong> from = stackalloc ulong[NodeMasks.Words], to = stackalloc ulong[NodeMasks.Words];
        int error = NodeMasks.Read(task, args.A2, args.A1, from);
        if (error == 0)
            error = NodeMasks.Read(task, args.A3, args.A1, to);
        Task? target = null;
        if (error == 0)
            error = FindTask(task, args.Int(0), out target);
        if (error != 0)
            return error;
        NodeMask allowed = task.Kernel.Memory.NodesWithMemory;
        bool privileged = task.Credentials.Can(Capability.SysNice);
        bool isSubset = (to[0] & ~allowed.Bits) == 0 && !to[1..].ContainsAnyExcept(0UL);
        if (!isSubset && !privileged)
            return -Errno.EPERM;
        NodeMask wanted = new NodeMask(to[0]) & allowed;
        return wanted.IsEmpty ? -Errno.EINVAL : target!.Mm.MigrateNodes(new NodeMask(from[0]), wanted, privileged);
    }

    public static long MovePages(Task task, in SyscallArguments args)
    {
        BindFlags flags = (BindFlags)args.Int(5);
        if ((flags & ~(BindFlags.Move | BindFlags.MoveAll)) != 0)
            return -Errno.EINVAL;
        bool moveAll = (flags & BindFlags.MoveAll) != 0;
        if (moveAll && !task.Credentials.Can(Capability.SysNice))
            return -Errno.EPERM;
        int error = FindTask(task, args.Int(0), out Task? target);
        if (error != 0)
            return error;
        MemoryDescriptor mm = target!.Mm;
        for (ulong i = 0; i < args.A1; i++)
        {
            if (!task.User.TryGet(args.A2 + (i * 8), out ulong address))
                return -Errno.EFAULT;
            int status;
            if (args.A3 == 0)
            {
                status = mm.NodeOfPage(address);
            }
            else
            {
                if (!task.User.TryGet(args.A3 + (i * 4), out int node))
                    return -Errno.EFAULT;
                if (node < 0 || node >= MemPolicy.MaxNodes || !task.Kernel.Memory.NodesWithMemory.Contains(node))
                    return -Errno.ENODEV;
                status = mm.MovePage(address & MmConstants.PageMask, node, moveAll);
                if (status == -Errno.ENOMEM)
                    return (long)(args.A1 - i); // this one and those behind it were not moved
            }
            if (!task.User.TryPut(args.A4 + (i * 4), status))
                return -Errno.EFAULT;
        }
        return 0;
    }

    private static int Set(Task task, MemPolicy? policy)
    {
        task.Memory.SetPolicy(policy);
        return 0;
    }

    // Linux: do_get_mempolicy
    private static int Report(Task task, ulong address, ulong flags, out int value, out NodeMask nodes)
    {
        value = Default;
        nodes = default;
        MemPolicy? policy = task.Memory.Policy;
        if ((flags & AtAddress) != 0)
        {
            if (task.Mm.Lookup(address) is not { } area)
                return -Errno.EFAULT;
            policy = task.Mm.PolicyAt(area, address);
        }
        else if (address != 0)
        {
            return -Errno.EINVAL;
        }
        nodes = policy?.ReportedNodes ?? default;
        if ((flags & ReportNode) == 0)
        {
            value = policy == null ? Default : (int)policy.Mode | (int)policy.Flags;
            return 0;
        }
        if ((flags & AtAddress) != 0)
            return NodeAt(task, address, out value);
        switch (policy?.Mode)
        {
            case PolicyMode.Interleave:
                value = policy.Nodes.NextAfter(task.Memory.LastInterleaved);
                return 0;
            case PolicyMode.WeightedInterleave:
                value = task.Memory.WeightLeft != 0 ? task.Memory.LastInterleaved : policy.Nodes.NextAfter(task.Memory.LastInterleaved);
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    // The page is brought in if it is not there. Linux: lookup_node
    private static int NodeAt(Task task, ulong address, out int node)
    {
        node = 0;
        if (!task.User.TryGet(address & MmConstants.PageMask, out byte _))
            return -Errno.EFAULT;
        node = Math.Max(task.Mm.NodeOfPage(address), 0); // the zero page is the first node's
        return 0;
    }

    // Linux: find_mm_struct
    private static int FindTask(Task task, int number, out Task? target)
    {
        target = number == 0 ? task : task.Kernel.Pids.FindTask(number);
        if (target == null)
            return -Errno.ESRCH;
        if (!PtraceAccess.MayRead(task, target))
            return -Errno.EPERM;
        return target.IsExiting || target.IsKernelThread ? -Errno.EINVAL : 0;
    }
}
