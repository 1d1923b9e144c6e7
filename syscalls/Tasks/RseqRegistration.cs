using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A thread's restartable sequences: user mode's copy of the CPU number, and what is to be repeated. Linux: kernel/rseq.c, rseq(2).</summary>
internal struct RseqRegistration
{
    /// <summary>Bytes of the structure that are used. Linux: <c>AT_RSEQ_FEATURE_SIZE</c>.</summary>
    public const uint FeatureSize = 28;

    /// <summary>Bytes of the structure as it was first. Linux: <c>ORIG_RSEQ_SIZE</c>.</summary>
    public const uint OriginalSize = 32;

    /// <summary>Where the pointer to the critical section stands.</summary>
    public const int SectionPlace = 8;

    private const uint Uninitialized = uint.MaxValue;
    private const int NodePlace = 20;

    /// <summary>Address of the structure; 0 for none.</summary>
    public ulong Address;

    /// <summary>Its length.</summary>
    public uint Length;

    /// <summary>What stands before the address that a section is left to.</summary>
    public uint Signature;

    // Linux: struct rseq_cs
    [StructLayout(LayoutKind.Sequential)]
    private struct Section
    {
        public uint Version, Flags;
        public ulong Start, Length, Abort;
    }

    /// <summary>Whether there is one.</summary>
    public readonly bool IsRegistered => Address != 0;

    /// <summary>The task loses the CPU. Linux: <c>rseq_preempt</c>.</summary>
    public readonly void OnPreempt(Task task)
    {
        if (IsRegistered)
            task.Work |= TaskWork.Rseq;
    }

    /// <summary>A handler is about to be called: the section is left first. Linux: <c>rseq_signal_deliver</c>.</summary>
    public readonly void OnSignal(Task task)
    {
        if (IsRegistered)
            Update(task);
    }

    /// <summary>Brings the copy up to date, and leaves the critical section if the task is in one. Linux: <c>__rseq_handle_notify_resume</c>.</summary>
    public readonly void Update(Task task)
    {
        task.Work &= ~TaskWork.Rseq;
        if (!LeaveSection(task) || !Write(task, (uint)task.Token!.Processor.Id))
            SignalSender.Force(task, SigInfo.ForKernel(Signal.SIGSEGV));
    }

    /// <summary>The registration ends: the copy says so. Linux: <c>rseq_reset_rseq_cpu_node_id</c>.</summary>
    /// <returns>Whether it could be written.</returns>
    public readonly bool Reset(Task task) => WriteFields(task, 0, Uninitialized);

    private readonly bool Write(Task task, uint cpu) => WriteFields(task, cpu, cpu);

    private readonly bool WriteFields(Task task, uint start, uint cpu) =>
        task.User.TryPut(Address, start | ((ulong)cpu << 32)) && task.User.TryPut(Address + NodePlace, 0UL); // node and concurrency id

    // Linux: rseq_ip_fixup
    private readonly bool LeaveSection(Task task)
    {
        if (!task.User.TryGet(Address + SectionPlace, out ulong pointer))
            return false;
        if (pointer == 0)
            return true;
        if (!UserAccess.IsUserRange(pointer, OriginalSize) || !task.User.TryGet(pointer, out Section section))
            return false;
        ref ulong rip = ref task.Cpu.State.Rip;
        bool isSane = section.Version == 0 && section.Start < MmConstants.TaskSize && section.Start + section.Length < MmConstants.TaskSize &&
            section.Abort < MmConstants.TaskSize && section.Abort - section.Start >= section.Length && section.Abort >= 4;
        if (!isSane || !task.User.TryGet(section.Abort - 4, out uint signature) || signature != Signature)
            return false;
        if (!task.User.TryPut(Address + SectionPlace, 0UL))
            return false;
        if (rip - section.Start < section.Length)
            rip = section.Abort;
        return true;
    }
}
