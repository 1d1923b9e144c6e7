using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Numbers of resource limits. Linux: include/uapi/asm-generic/resource.h, getrlimit(2).</summary>
public enum Resource
{
#pragma warning disable CS1591 // the names are the documentation
    Cpu, FileSize, Data, Stack, Core, Rss, Processes, OpenFiles, Memlock, AddressSpace, Locks, SigPending, MessageQueue, Nice, RtPriority, RtTime,
    Count,
#pragma warning restore CS1591
}

/// <summary>A limit: what counts, and how far it can be raised. Linux: <c>struct rlimit64</c>.</summary>
public readonly record struct ResourceLimit(ulong Current, ulong Maximum);

/// <summary>The limits of a process. Linux: <c>signal_struct.rlim</c>.</summary>
public sealed class ResourceLimits
{
    /// <summary>No limit. Linux: <c>RLIM_INFINITY</c>.</summary>
    public const ulong Infinity = ulong.MaxValue;

    private readonly ResourceLimit[] _limits = new ResourceLimit[(int)Resource.Count];

    /// <summary>The limits that a system begins with. Linux: <c>INIT_RLIMITS</c>, with what init and a login shell make of them.</summary>
    /// <param name="maxThreads">Tasks that the machine can have.</param>
    public ResourceLimits(int maxThreads)
    {
        for (int at = 0; at < _limits.Length; at++)
            _limits[at] = new ResourceLimit(Infinity, Infinity);
        ulong half = (ulong)maxThreads / 2;
        this[Resource.Stack] = new ResourceLimit(8UL << 20, Infinity);
        this[Resource.Core] = new ResourceLimit(0, Infinity);
        this[Resource.Processes] = new ResourceLimit(half, half);
        this[Resource.OpenFiles] = new ResourceLimit(1024, 1 << 20);
        this[Resource.Memlock] = new ResourceLimit(8UL << 20, 8UL << 20);
        this[Resource.SigPending] = new ResourceLimit(half, half);
        this[Resource.MessageQueue] = new ResourceLimit(819200, 819200);
        this[Resource.Nice] = new ResourceLimit(0, 0);
        this[Resource.RtPriority] = new ResourceLimit(0, 0);
    }

    /// <summary>A copy, for a child.</summary>
    internal ResourceLimits(ResourceLimits other)
    {
        for (Resource resource = 0; resource < Resource.Count; resource++)
            this[resource] = other[resource];
        Mm.CanLock = other.Mm.CanLock;
        Mm.IsAdmin = other.Mm.IsAdmin;
        Mm.CanMapLow = other.Mm.CanMapLow;
    }

    /// <summary>Those that mm obeys, kept in step with the others.</summary>
    public MmLimits Mm { get; } = new();

    /// <summary>A limit.</summary>
    public ResourceLimit this[Resource resource]
    {
        get => _limits[(int)resource];
        set
        {
            _limits[(int)resource] = value;
            switch (resource)
            {
                case Resource.AddressSpace:
                    Mm.AddressSpace = value.Current;
                    break;
                case Resource.Data:
                    Mm.Data = value.Current;
                    break;
                case Resource.Stack:
                    Mm.Stack = value.Current;
                    break;
                case Resource.Memlock:
                    Mm.Memlock = value.Current;
                    break;
            }
        }
    }

    /// <summary>What a limit is now. Linux: <c>rlimit</c>.</summary>
    public ulong Current(Resource resource) => _limits[(int)resource].Current;

    /// <summary>Tells mm which limits the credentials lift.</summary>
    internal void Apply(Credentials credentials)
    {
        Mm.CanLock = credentials.Can(Capability.IpcLock);
        Mm.IsAdmin = credentials.Can(Capability.SysAdmin);
        Mm.CanMapLow = credentials.Can(Capability.SysRawIo);
    }
}
