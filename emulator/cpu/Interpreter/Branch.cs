using System.Runtime.CompilerServices;
using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>JMP, Jcc, CALL, RET, LOOPcc, JRCXZ, and the way from block to block. Intel SDM vol. 2.</summary>
internal static unsafe class Branch
{
    private const int JumpMask = VirtualCpu.JumpEntries - 1, KeyShift = 48;

    public static void Jmp(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Kind is OpKind.NearBranch64)
        {
            b.EmitJump(&Direct, i.NearBranchTarget, i.NextIP);
            return;
        }
        if (i.IsJmpFarIndirect)
        {
            FarTransfer.Jump(b, i);
            return;
        }
        ushort target = b.EmitLoad(i, 0, 8);
        b.EmitExit(&Indirect, source: target);
    }

    public static void Jcc(BlockBuilder b, in Instruction i)
    {
        Comparison comparison = b.PendingComparison;
        if (comparison.Kind != ComparisonKind.None && comparison.Slot == b.SlotCount)
        {
            MicroOp compare = b.TakeLast();
            b.EmitFused(FusedJump.Select(comparison, i.ConditionCode), compare, i.NearBranchTarget, i.NextIP);
            return;
        }
        b.EmitJump(Select.Condition<Conditional>(i.ConditionCode), i.NearBranchTarget, i.NextIP);
    }

    public static void Call(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Kind is OpKind.NearBranch64)
        {
            if (Mmu.IsCanonical(i.NearBranchTarget))
                b.EmitJump(&CallDirect, i.NearBranchTarget, i.NextIP);
            else
                SystemInstructions.Privileged(b, i);
            return;
        }
        if (i.IsCallFarIndirect)
        {
            FarTransfer.Call(b, i);
            return;
        }
        ushort target = b.EmitLoad(i, 0, 8);
        b.EmitExit(&CallIndirect, source: target, immediate: i.NextIP);
    }

    public static void Ret(BlockBuilder b, in Instruction i) =>
        b.EmitExit(&Return, immediate: 8 + (i.OpCount == 1 ? (ulong)i.Immediate16 : 0));

    public static void Jrcxz(BlockBuilder b, in Instruction i) =>
        b.EmitJump(i.Mnemonic == Mnemonic.Jecxz ? Select.Width<IfCountZero>(4) : Select.Width<IfCountZero>(8), i.NearBranchTarget, i.NextIP);

    public static void Loop(BlockBuilder b, in Instruction i)
    {
        bool narrow = i.Code is Code.Loop_rel8_64_ECX or Code.Loope_rel8_64_ECX or Code.Loopne_rel8_64_ECX;
        int size = narrow ? 4 : 8;
        Handler handler = i.Mnemonic switch
        {
            Mnemonic.Loop => Cpu.Select.Width<CountDown<Always>>(size),
            Mnemonic.Loope => Cpu.Select.Width<CountDown<IfEqual>>(size),
            _ => Cpu.Select.Width<CountDown<IfNot<IfEqual>>>(size),
        };
        b.EmitJump(handler, i.NearBranchTarget, i.NextIP);
    }

    /// <summary>The end of a block that has no jump.</summary>
    public static Block* FallThrough(CpuState* s, MicroOp* op, VirtualCpu* c) => Taken(s, op, c);

    /// <summary>Executes a block as the continuation of another, unless it is time for the engine to look around.</summary>
    /// <remarks>A tail call where the code is optimized. Where it is not, the fuel bounds the stack.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block* Enter(CpuState* s, VirtualCpu* c, Block* block)
    {
        long left = c->Fuel - block->Count;
        if (left < 0)
            return block;
        c->Fuel = left;
        c->Current = block;
        MicroOp* op = Block.Ops(block);
        return op->Handler(s, op, c);
    }

    /// <summary>Goes to the target of a jump with a known one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block* Taken(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        JumpTargets* targets = (JumpTargets*)(op + 1);
        Block* block = targets->Taken;
        return block != null ? Enter(s, c, block) : Resolve(s, op, c, targets->TakenRip, &targets->Taken);
    }

    /// <summary>Goes to the instruction behind a jump.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block* NotTaken(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        JumpTargets* targets = (JumpTargets*)(op + 1);
        Block* block = targets->Next;
        return block != null ? Enter(s, c, block) : Resolve(s, op, c, targets->NextRip, &targets->Next);
    }

    /// <summary>Goes to an address that is known only now. What else the instruction does must be done, unless the address is known to be canonical.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block* To(CpuState* s, MicroOp* op, VirtualCpu* c, ulong rip)
    {
        JumpEntry* entry = EntryOf(c, rip);
        if (entry->Tag == TagOf(c, rip))
            return Enter(s, c, entry->Target);
        Leave(s, op, c, rip);
        return null;
    }

    /// <summary>Makes the dispatcher go on at an address; one that is not canonical is a fault of the jump itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Leave(CpuState* s, MicroOp* op, VirtualCpu* c, ulong rip)
    {
        if (!Mmu.IsCanonical(rip))
        {
            Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
            return false;
        }
        s->Rip = rip;
        return true;
    }

    /// <summary>Notes the block at an address, for <see cref="To"/>.</summary>
    public static void Remember(VirtualCpu* c, ulong rip, Block* block)
    {
        JumpEntry* entry = EntryOf(c, rip);
        entry->Tag = TagOf(c, rip);
        entry->Target = block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static JumpEntry* EntryOf(VirtualCpu* c, ulong rip) =>
        (JumpEntry*)Unsafe.AsPointer(ref c->Jumps) + ((rip ^ (rip >> 12)) & JumpMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong TagOf(VirtualCpu* c, ulong rip) => rip | (c->TlbKey << KeyShift);

    // A jump within its page is linked for good: as long as the one block is reached, so is the other. Any other is looked up each time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* Resolve(CpuState* s, MicroOp* op, VirtualCpu* c, ulong rip, Block** slot)
    {
        bool samePage = ((rip ^ c->Current->Rip) & MmConstants.PageMask) == 0;
        JumpEntry* entry = EntryOf(c, rip);
        if (entry->Tag == TagOf(c, rip))
        {
            if (samePage && entry->Target->SecondPfn == 0)
                *slot = entry->Target;
            return entry->Target;
        }
        if (!Leave(s, op, c, rip))
            return null;
        c->LinkSlot = samePage ? slot : null;
        return null;
    }

    private static Block* Direct(CpuState* s, MicroOp* op, VirtualCpu* c) => Taken(s, op, c);

    private static Block* Indirect(CpuState* s, MicroOp* op, VirtualCpu* c) => To(s, op, c, *(ulong*)Access.Register(s, op->Source));

    private static Block* CallDirect(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong top = s->Gpr[4] - 8;
        TlbEntry* entry = Access.Slot(c, top);
        if (entry->Write != Access.TagOf(c, top, 8))
            return CallDirectSlow(s, op, c);
        *(ulong*)(top + entry->Addend) = ((JumpTargets*)(op + 1))->NextRip;
        s->Gpr[4] = top;
        return Taken(s, op, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* CallDirectSlow(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        StackInstructions.PushValue<W64>(s, op, c, ((JumpTargets*)(op + 1))->NextRip) ? Taken(s, op, c) : null;

    // The target is read before the push, and is checked after it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* CallIndirect(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong target = *(ulong*)Access.Register(s, op->Source), top = s->Gpr[4] - 8;
        byte* place = Access.Write(s, op, c, top, 8);
        if (place == null)
            return null;
        if (!Mmu.IsCanonical(target))
            return Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        *(ulong*)place = op->Immediate;
        Access.Commit(c, place);
        s->Gpr[4] = top;
        return To(s, op, c, target);
    }

    private static Block* Return(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong top = s->Gpr[4];
        TlbEntry* page = Access.Slot(c, top);
        if (page->Read != Access.TagOf(c, top, 8))
            return ReturnElsewhere(s, op, c);
        ulong target = *(ulong*)(top + page->Addend);
        JumpEntry* entry = EntryOf(c, target);
        if (entry->Tag != TagOf(c, target))
            return ReturnElsewhere(s, op, c);
        s->Gpr[4] = top + op->Immediate;
        return Enter(s, c, entry->Target);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* ReturnElsewhere(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        byte* place = Access.Read(s, op, c, s->Gpr[4], 8);
        if (place != null && Leave(s, op, c, *(ulong*)place))
            s->Gpr[4] += op->Immediate;
        return null;
    }

    private readonly struct Conditional : IConditionHandler
    {
        public static Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TCondition : struct, ICondition => TCondition.Holds(ref s->Flags) ? Taken(s, op, c) : NotTaken(s, op, c);
    }

    private readonly struct IfCountZero : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth => Access.Get<TWidth>(s, Reg.Rcx) == 0 ? Taken(s, op, c) : NotTaken(s, op, c);
    }

    private readonly struct CountDown<TCondition> : IWidthHandler
        where TCondition : struct, ICondition
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong count = (Access.Get<TWidth>(s, Reg.Rcx) - 1) & TWidth.Mask;
            Access.Set<TWidth>(s, Reg.Rcx, count);
            return count != 0 && TCondition.Holds(ref s->Flags) ? Taken(s, op, c) : NotTaken(s, op, c);
        }
    }

    private readonly struct Always : ICondition
    {
        public static bool Holds(ref LazyFlags flags) => true;

        public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => true;
    }
}
