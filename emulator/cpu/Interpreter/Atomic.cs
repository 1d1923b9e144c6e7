using Iced.Intel;

namespace Emu.Cpu;

/// <summary>XCHG, XADD, CMPXCHG, CMPXCHG8B and CMPXCHG16B. Intel SDM vol. 2.</summary>
internal static unsafe class Atomic
{
    public static void Xchg(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        ushort register = Reg.Offset(i.Op1Register);
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<ExchangeRegisters>(size), Reg.Offset(i.Op0Register), register);
            return;
        }
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<ExchangeMemory>(size), source: register);
    }

    public static void Xadd(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        ushort register = Reg.Offset(i.Op1Register);
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<AddRegisters>(size), Reg.Offset(i.Op0Register), register);
            return;
        }
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<AddMemory>(size), source: register);
    }

    public static void Cmpxchg(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        ushort register = Reg.Offset(i.Op1Register);
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<CompareExchangeRegisters>(size), Reg.Offset(i.Op0Register), register);
            return;
        }
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<CompareExchangeMemory>(size), source: register);
    }

    public static void Cmpxchg8b(BlockBuilder b, in Instruction i)
    {
        b.LowerToBase(i);
        b.EmitMemory(&CompareExchange8);
    }

    public static void Cmpxchg16b(BlockBuilder b, in Instruction i)
    {
        b.LowerToBase(i);
        b.EmitMemory(&CompareExchange16);
    }

    private readonly struct ExchangeRegisters : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, op->Destination), b = Access.Get<TWidth>(s, op->Source);
            Access.Set<TWidth>(s, op->Source, a);
            Access.Set<TWidth>(s, op->Destination, b);
            return op[1].Handler(s, op + 1, c);
        }
    }

    // XCHG with memory is locked with or without the prefix.
    private readonly struct ExchangeMemory : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
            if (place == null)
                return null;
            ulong old = TWidth.Exchange(place, Access.Get<TWidth>(s, op->Source));
            Access.Commit(c, place);
            Access.Set<TWidth>(s, op->Source, old);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct AddRegisters : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, op->Destination), b = Access.Get<TWidth>(s, op->Source);
            ulong sum = Add.Apply<TWidth>(ref s->Flags, a, b);
            Access.Set<TWidth>(s, op->Source, a);
            Access.Set<TWidth>(s, op->Destination, sum);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct AddMemory : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
            if (place == null)
                return null;
            ulong b = Access.Get<TWidth>(s, op->Source), a = TWidth.Load(place), found;
            while ((found = TWidth.CompareExchange(place, a + b, a)) != a)
                a = found;
            Add.Apply<TWidth>(ref s->Flags, a, b);
            Access.Commit(c, place);
            Access.Set<TWidth>(s, op->Source, a);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct CompareExchangeRegisters : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong accumulator = Access.Get<TWidth>(s, Reg.Rax), a = Access.Get<TWidth>(s, op->Destination);
            Subtract.Apply<TWidth>(ref s->Flags, accumulator, a);
            if (accumulator == a)
                Access.Set<TWidth>(s, op->Destination, Access.Get<TWidth>(s, op->Source));
            else
                Access.Set<TWidth>(s, Reg.Rax, a);
            return op[1].Handler(s, op + 1, c);
        }
    }

    // The operand is written in any case: a read-only page faults even if the comparison would fail.
    private readonly struct CompareExchangeMemory : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
            if (place == null)
                return null;
            ulong accumulator = Access.Get<TWidth>(s, Reg.Rax);
            ulong a = TWidth.CompareExchange(place, Access.Get<TWidth>(s, op->Source), accumulator);
            Access.Commit(c, place);
            Subtract.Apply<TWidth>(ref s->Flags, accumulator, a);
            if (accumulator != a)
                Access.Set<TWidth>(s, Reg.Rax, a);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private static Block* CompareExchange8(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), 8);
        if (place == null)
            return null;
        ulong expected = (uint)s->Gpr[0] | (s->Gpr[2] << 32), value = (uint)s->Gpr[3] | (s->Gpr[1] << 32);
        ulong found = W64.CompareExchange(place, value, expected);
        Access.Commit(c, place);
        if (found != expected)
        {
            s->Gpr[0] = (uint)found;
            s->Gpr[2] = found >> 32;
        }
        s->Flags.SetZero(found == expected);
        return op[1].Handler(s, op + 1, c);
    }

    // No host operation of .NET is 16 bytes wide: where CPUs run in parallel, this one stops the others.
    private static Block* CompareExchange16(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong address = BaseAddress.Of(s, op);
        if ((address & 15) != 0)
            return Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        ulong* place = (ulong*)Access.Write(s, op, c, address, 16);
        if (place == null)
            return null;
        bool equal = place[0] == s->Gpr[0] && place[1] == s->Gpr[2];
        if (equal)
        {
            place[0] = s->Gpr[3];
            place[1] = s->Gpr[1];
        }
        else
        {
            s->Gpr[0] = place[0];
            s->Gpr[2] = place[1];
        }
        Access.Commit(c, (byte*)place);
        s->Flags.SetZero(equal);
        return op[1].Handler(s, op + 1, c);
    }
}
