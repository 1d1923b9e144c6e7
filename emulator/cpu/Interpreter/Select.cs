namespace Emu.Cpu;

/// <summary>A handler that exists once for each operand size.</summary>
internal unsafe interface IWidthHandler
{
    /// <summary>The handler.</summary>
    static abstract Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth;
}

/// <summary>A handler that exists once for each form of address.</summary>
internal unsafe interface IAddressHandler
{
    /// <summary>The handler.</summary>
    static abstract Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TAddress : struct, IAddress;
}

/// <summary>A handler that exists once for each operand size and form of address.</summary>
internal unsafe interface IMemoryHandler
{
    /// <summary>The handler.</summary>
    static abstract Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
        where TAddress : struct, IAddress;
}

/// <summary>A handler that exists once for each condition.</summary>
internal unsafe interface IConditionHandler
{
    /// <summary>The handler.</summary>
    static abstract Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TCondition : struct, ICondition;
}

/// <summary>The forms of memory operand that handlers take.</summary>
internal enum AddressForm
{
    /// <summary><see cref="BaseAddress"/>.</summary>
    Base,

    /// <summary><see cref="IndexedAddress"/>.</summary>
    Indexed,

    /// <summary><see cref="AbsoluteAddress"/>.</summary>
    Absolute,
}

/// <summary>Chooses the version of a handler for an instruction's operands.</summary>
internal static unsafe class Select
{
    /// <summary>By operand size in bytes.</summary>
    public static Handler Width<T>(int size)
        where T : struct, IWidthHandler => size switch
        {
            1 => &T.Run<W8>,
            2 => &T.Run<W16>,
            4 => &T.Run<W32>,
            _ => &T.Run<W64>,
        };

    /// <summary>By form of address.</summary>
    public static Handler Address<T>(AddressForm form)
        where T : struct, IAddressHandler => form switch
        {
            AddressForm.Base => &T.Run<BaseAddress>,
            AddressForm.Indexed => &T.Run<IndexedAddress>,
            _ => &T.Run<AbsoluteAddress>,
        };

    /// <summary>By operand size and form of address.</summary>
    public static Handler Memory<T>(int size, AddressForm form)
        where T : struct, IMemoryHandler => form switch
        {
            AddressForm.Base => size switch
            {
                1 => &T.Run<W8, BaseAddress>,
                2 => &T.Run<W16, BaseAddress>,
                4 => &T.Run<W32, BaseAddress>,
                _ => &T.Run<W64, BaseAddress>,
            },
            AddressForm.Indexed => size switch
            {
                1 => &T.Run<W8, IndexedAddress>,
                2 => &T.Run<W16, IndexedAddress>,
                4 => &T.Run<W32, IndexedAddress>,
                _ => &T.Run<W64, IndexedAddress>,
            },
            _ => size switch
            {
                1 => &T.Run<W8, AbsoluteAddress>,
                2 => &T.Run<W16, AbsoluteAddress>,
                4 => &T.Run<W32, AbsoluteAddress>,
                _ => &T.Run<W64, AbsoluteAddress>,
            },
        };

    /// <summary>By condition.</summary>
    public static Handler Condition<T>(Iced.Intel.ConditionCode condition)
        where T : struct, IConditionHandler => condition switch
        {
            Iced.Intel.ConditionCode.o => &T.Run<IfOverflow>,
            Iced.Intel.ConditionCode.no => &T.Run<IfNot<IfOverflow>>,
            Iced.Intel.ConditionCode.b => &T.Run<IfBelow>,
            Iced.Intel.ConditionCode.ae => &T.Run<IfNot<IfBelow>>,
            Iced.Intel.ConditionCode.e => &T.Run<IfEqual>,
            Iced.Intel.ConditionCode.ne => &T.Run<IfNot<IfEqual>>,
            Iced.Intel.ConditionCode.be => &T.Run<IfBelowOrEqual>,
            Iced.Intel.ConditionCode.a => &T.Run<IfNot<IfBelowOrEqual>>,
            Iced.Intel.ConditionCode.s => &T.Run<IfSign>,
            Iced.Intel.ConditionCode.ns => &T.Run<IfNot<IfSign>>,
            Iced.Intel.ConditionCode.p => &T.Run<IfParity>,
            Iced.Intel.ConditionCode.np => &T.Run<IfNot<IfParity>>,
            Iced.Intel.ConditionCode.l => &T.Run<IfLess>,
            Iced.Intel.ConditionCode.ge => &T.Run<IfNot<IfLess>>,
            Iced.Intel.ConditionCode.le => &T.Run<IfLessOrEqual>,
            _ => &T.Run<IfNot<IfLessOrEqual>>,
        };
}
