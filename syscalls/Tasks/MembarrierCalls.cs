using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>membarrier. Linux: kernel/sched/membarrier.c, membarrier(2).</summary>
/// <remarks>
/// A CPU that changes hands, and one that runs guest code up to the end of a block, is past a full barrier: so the calls have nothing to do
/// but to keep count of who has registered.
/// </remarks>
internal static class MembarrierCalls
{
    private const int Query = 0, Global = 1, GlobalExpedited = 2, RegisterGlobalExpedited = 4, PrivateExpedited = 8, RegisterPrivateExpedited = 16,
        SyncCore = 32, RegisterSyncCore = 64, Rseq = 128, RegisterRseq = 256, GetRegistrations = 512;

    private const int Registrations = RegisterGlobalExpedited | RegisterPrivateExpedited | RegisterSyncCore | RegisterRseq;
    private const int Known = Global | GlobalExpedited | PrivateExpedited | SyncCore | Rseq | Registrations | GetRegistrations;
    private const int FlagCpu = 1;

    public static long Membarrier(Task task, in SyscallArguments args)
    {
        int command = args.Int(0);
        uint flags = (uint)args.A1;
        if (command == Rseq ? (flags & ~(uint)FlagCpu) != 0 : flags != 0)
            return -Errno.EINVAL;
        ThreadGroup group = task.Group;
        switch (command)
        {
            case Query:
                return Known;
            case Global or GlobalExpedited:
                return 0;
            case RegisterGlobalExpedited or RegisterPrivateExpedited or RegisterSyncCore or RegisterRseq:
                group.Membarriers |= command;
                return 0;
            case PrivateExpedited or SyncCore or Rseq:
                return (group.Membarriers & (command << 1)) != 0 ? 0 : -Errno.EPERM;
            case GetRegistrations:
                return group.Membarriers;
            default:
                return -Errno.EINVAL;
        }
    }
}
