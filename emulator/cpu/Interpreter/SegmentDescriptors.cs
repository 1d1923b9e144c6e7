namespace Emu.Cpu;

/// <summary>
/// The descriptors that Linux lets user mode name: those of the GDT with privilege level 3. Linux: <c>gdt_page</c>, arch/x86/kernel/cpu/common.c.
/// </summary>
internal static class SegmentDescriptors
{
    private const uint User32Cs = 0x23, CpuNode = 0x7B, Privilege = 3;

    /// <summary>What LAR gives for a selector: the access rights; 0 if user mode may not see the descriptor.</summary>
    public static uint RightsOf(uint selector) => (selector | Privilege) switch
    {
        User32Cs => 0x00CF_FB00,
        SegmentRegisters.UserDs => 0x00CF_F300,
        SegmentRegisters.UserCs => 0x00AF_FB00,
        CpuNode => 0x0040_F500,
        _ => 0,
    };

    /// <summary>What LSL gives for a selector that user mode may see. The last one tells the number of the CPU: the node above it is 0.</summary>
    public static uint LimitOf(uint selector, int cpu) => (selector | Privilege) == CpuNode ? (uint)cpu : uint.MaxValue;

    /// <summary>Whether the segment can be written.</summary>
    public static bool IsWritable(uint selector) => (selector | Privilege) == SegmentRegisters.UserDs;

    /// <summary>Whether ES, DS, FS or GS can be loaded with a selector.</summary>
    public static bool IsLoadable(uint selector) => IsNull(selector) || RightsOf(selector) != 0;

    /// <summary>Whether SS can: the privilege level that is asked for must be the program's.</summary>
    public static bool IsLoadableAsStack(uint selector) => selector == SegmentRegisters.UserDs;

    /// <summary>A selector as the error code of an exception has it.</summary>
    public static uint ErrorCodeOf(uint selector) => selector & ~Privilege;

    private static bool IsNull(uint selector) => selector <= Privilege;
}
