using System.Runtime.InteropServices;
using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>One CPU: what runs guest code for whichever task holds it.</summary>
/// <remarks>Used by one thread at a time, but for <see cref="Interrupt"/>.</remarks>
public sealed unsafe class Processor : IDisposable
{
    private const int MaxInstructionBytes = 15;

    private readonly MemoryManager _manager;
    private readonly TlbContexts _contexts;
    private readonly ITimeSource _time;
    private GCHandle _handle;
    private ulong _retiredBase;
    private long _granted;

    /// <summary>A CPU of a machine.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="manager">The machine's memory.</param>
    /// <param name="model">What it can do.</param>
    /// <param name="contexts">The machine's translations; attached to the memory by the caller.</param>
    /// <param name="code">The machine's decoded code.</param>
    /// <param name="time">The machine's clock.</param>
    public Processor(int id, MemoryManager manager, CpuModel model, TlbContexts contexts, CodeCache code, ITimeSource time)
    {
        Id = id;
        Model = model;
        Code = code;
        _manager = manager;
        _contexts = contexts;
        _time = time;
        _handle = GCHandle.Alloc(this);
        Cpu = (VirtualCpu*)NativeMemory.AllocZeroed((nuint)sizeof(VirtualCpu));
        Cpu->Owner = GCHandle.ToIntPtr(_handle);
        Mmu = new Mmu(this, manager.Memory);
        Decoder = new BlockDecoder(this, manager.Memory);
        contexts.Register(this);
        code.Register(this);
    }

    /// <summary>Number of the CPU.</summary>
    public int Id { get; }

    /// <summary>What it can do.</summary>
    public CpuModel Model { get; }

    /// <summary>The page fault that ended <see cref="ExitReason.PageFault"/>.</summary>
    public PageFaultInfo Fault { get; internal set; }

    /// <summary>The exception that ended <see cref="ExitReason.Exception"/>.</summary>
    public ExceptionInfo Exception { get; internal set; }

    /// <summary>Process and thread that its faults belong to; set with the task.</summary>
    public FaultContext FaultContext { get; set; }

    /// <summary>Called with RIP and bytes of an instruction that it does not know, or null.</summary>
    public Action<ulong, byte[]>? UndefinedInstruction { get; set; }

    /// <summary>Where RDRAND and RDSEED take their numbers from; null for none, which they tell.</summary>
    public Func<ulong>? RandomSource { get; set; }

    /// <summary>The address space it runs in.</summary>
    public MemoryDescriptor? CurrentMm => Mmu.Current;

    /// <summary>Instructions executed since the start. Exact between runs.</summary>
    public ulong Retired => _retiredBase + (ulong)(_granted - Cpu->Budget);

    internal VirtualCpu* Cpu { get; private set; }

    internal Mmu Mmu { get; }

    internal CodeCache Code { get; }

    internal BlockDecoder Decoder { get; }

    /// <summary>Makes an address space the current one. Linux: <c>switch_mm</c>.</summary>
    public void SwitchMm(MemoryDescriptor? mm)
    {
        Mmu.Current = mm;
        LoadKey(mm == null ? 0 : _contexts.KeyOf(mm));
    }

    /// <summary>Sets how many instructions may be executed before <see cref="ExitReason.BudgetExhausted"/>.</summary>
    public void Grant(long instructions)
    {
        _retiredBase = Retired;
        _granted = Cpu->Reserve = instructions;
        Cpu->Fuel = 0;
    }

    /// <summary>Instructions left of the grant.</summary>
    public long Budget => Cpu->Budget;

    /// <summary>Makes the engine leave within a few blocks with <see cref="ExitReason.Interrupted"/>. From any thread.</summary>
    public void Interrupt() => Volatile.Write(ref Cpu->Interrupt, 1);

    /// <summary>Takes the request back.</summary>
    public void ClearInterrupt() => Volatile.Write(ref Cpu->Interrupt, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Cpu == null)
            return;
        Decoder.Dispose();
        NativeMemory.Free(Cpu);
        Cpu = null;
        _handle.Free();
    }

    /// <summary>The processor of a CPU block.</summary>
    internal static Processor Of(VirtualCpu* cpu) => (Processor)GCHandle.FromIntPtr(cpu->Owner).Target!;

    /// <summary>Takes the rights of protection keys from the registers that are about to be used; nothing on a processor without keys.</summary>
    internal void LoadKeyRights(CpuState* s)
    {
        if (Model.HasProtectionKeys)
            Mmu.LoadKeyRights(s->Pkru);
    }

    internal void LoadKey(ulong key) => Cpu->TlbKey = key | (Cpu->TlbKey & VirtualCpu.AlignmentCheckKey);

    /// <summary>Time in nanoseconds at a step of the current block; null for between blocks.</summary>
    internal ulong TimeAt(MicroOp* op) => _time.Nanoseconds(RetiredAt(op));

    /// <summary>What RDTSC reads at a step.</summary>
    internal ulong TimeStampAt(MicroOp* op) => _time.TimeStamp(RetiredAt(op));

    /// <summary>A number for RDRAND.</summary>
    internal bool TryDraw(out ulong number)
    {
        number = RandomSource?.Invoke() ?? 0;
        return RandomSource != null;
    }

    /// <summary>Reports an instruction that is not known, once the registers are exact. What is there to be undefined is known.</summary>
    internal void ReportUndefined(CpuState* s)
    {
        if (UndefinedInstruction is not { } report)
            return;
        byte[] code = CodeAt(s, s->Rip);
        if (Decoder.DecodeOne(s->Rip, code).Mnemonic is not (Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2))
            report(s->Rip, code);
    }

    /// <summary>Whether an instruction takes the stack segment for an access.</summary>
    internal bool UsesStackSegment(ulong rip, CpuState* s, ulong address)
    {
        const ulong Farthest = 16; // below RSP that something is pushed at once
        Instruction instruction = Decoder.DecodeOne(rip, CodeAt(s, rip));
        if (instruction.IsStackInstruction && (!HasMemoryOperand(instruction) || address - s->Gpr[4] + Farthest <= Farthest))
            return true;
        return instruction.SegmentPrefix is not (Register.FS or Register.GS) && HasMemoryOperand(instruction)
            && instruction.MemoryBase.GetFullRegister() is Register.RSP or Register.RBP;
    }

    /// <summary>Whether the bytes at an address, which are no instruction, would be one if it could have more than 15.</summary>
    internal bool IsTooLong(CpuState* s, ulong rip)
    {
        const int Meaningful = 3;
        byte[] code = CodeAt(s, rip);
        int prefixes = Array.FindIndex(code, static value => !IsLegacyPrefix(value)), superfluous = (prefixes < 0 ? code.Length : prefixes) - Meaningful;
        if (code.Length != MaxInstructionBytes || superfluous <= 0)
            return false;

        // What the bytes behind are does not matter: they are operands.
        byte[] rest = [.. code.AsSpan(superfluous), .. new byte[MaxInstructionBytes]];
        Instruction instruction = Decoder.DecodeOne(rip, rest);
        return instruction.Code != Iced.Intel.Code.INVALID && superfluous + instruction.Length > MaxInstructionBytes;
    }

    private static bool IsLegacyPrefix(byte value) => value is 0x66 or 0x67 or 0xF0 or 0xF2 or 0xF3 or 0x26 or 0x2E or 0x36 or 0x3E or 0x64 or 0x65;

    /// <summary>The eleven bits that FOP keeps of the x87 instruction at an address: the low ones of its first byte, and its second.</summary>
    internal ushort FpuOpcodeAt(CpuState* s, ulong rip)
    {
        byte[] code = CodeAt(s, rip);
        int at = Array.FindIndex(code, static value => value is >= 0xD8 and <= 0xDF);
        return at >= 0 && at + 1 < code.Length ? (ushort)(((code[at] & 7) << 8) | code[at + 1]) : (ushort)0;
    }

    private static bool HasMemoryOperand(in Instruction instruction)
    {
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            if (instruction.GetOpKind(operand) == OpKind.Memory)
                return true;
        }
        return false;
    }

    // The block was charged in full: what lies behind the step has not been executed.
    private ulong RetiredAt(MicroOp* op) =>
        op == null ? Retired : Retired - (ulong)(Cpu->Current->Count - op->InstructionIndex);

    // Up to as many bytes as an instruction can have from an address, as far as they are mapped; without faults.
    private byte[] CodeAt(CpuState* s, ulong rip)
    {
        List<byte> bytes = [];
        for (ulong at = rip; at < rip + MaxInstructionBytes; at++)
        {
            Pte* entry = CurrentMm!.PageTable.Walk(at, out int level);
            if (!entry->IsPresent || (level != 0 && !entry->IsLarge))
                break;
            bytes.Add(_manager.Memory.Frame(entry->Pfn)[at & (PageTable.SpanOf(level) - 1)]);
        }
        return [.. bytes];
    }
}
