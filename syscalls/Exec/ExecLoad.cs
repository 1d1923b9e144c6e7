using Emu.Cpu;
using Emu.Loader;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Fills the address space of a new program and sets its registers. Linux: fs/binfmt_elf.c (<c>load_elf_binary</c>, <c>create_elf_tables</c>).</summary>
internal static class ExecLoad
{
    private const ulong RseqFeatureSize = 28, RseqAlign = 32, ClockTicks = 100;

    // Linux: MINSIGSTKSZ; with XSAVE what get_sigframe_size finds, less the FP state.
    private const ulong MinimumSignalStack = 2048, SignalStackBeyondFpu = 940;

    /// <summary>Loads a program into the empty address space of a task.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Load(Task task, ProgramImage image)
    {
        bool executableStack = image.Elf!.Segments.Any(static segment => segment is { Type: ElfSegment.GnuStack, IsExecutable: true });
        InitialStack stack = new(task.User);
        int error = stack.PutStrings(image.FileName, image.Arguments, image.Environment, executableStack);
        if (error != 0)
            return error;
        ElfLoader loader = new(task.User);
        error = loader.Load(image.Elf, image.LoaderElf, out ElfImage loaded);
        if (error != 0)
        {
            image.Reason = loader.Reason;
            return error;
        }
        Span<byte> random = stackalloc byte[16];
        task.Kernel.Random.Fill(random);
        error = stack.PutTables(VectorFor(task, loaded), image.Arguments, image.Environment, random);
        if (error != 0)
            return error;
        TaskExec.SetRegisters(task, loaded.Entry, stack.StackPointer);
        return 0;
    }

    private static AuxiliaryVector VectorFor(Task task, in ElfImage loaded)
    {
        Credentials who = task.Credentials;
        CpuModel model = task.Kernel.Options.Model;
        AuxiliaryVector vector = new();
        vector.Set(AuxiliaryVector.MinimumSignalStack, model.XFeatures == 0 ? MinimumSignalStack : SignalStackBeyondFpu + (ulong)SignalFpu.SizeOf(model));
        vector.Set(AuxiliaryVector.HardwareCapabilities, model.Cpuid(1, 0).Edx);
        vector.Set(AuxiliaryVector.PageSize, MmConstants.PageSize);
        vector.Set(AuxiliaryVector.ClockTicks, ClockTicks);
        vector.Set(AuxiliaryVector.ProgramHeaders, loaded.ProgramHeaders);
        vector.Set(AuxiliaryVector.ProgramHeaderSize, ElfFile.ProgramHeaderSize);
        vector.Set(AuxiliaryVector.ProgramHeaderCount, (ulong)loaded.ProgramHeaderCount);
        vector.Set(AuxiliaryVector.InterpreterBase, loaded.InterpreterBase);
        vector.Set(AuxiliaryVector.Flags, 0);
        vector.Set(AuxiliaryVector.Entry, loaded.ProgramEntry);
        vector.Set(AuxiliaryVector.UserId, who.Uid);
        vector.Set(AuxiliaryVector.EffectiveUserId, who.EffectiveUid);
        vector.Set(AuxiliaryVector.GroupId, who.Gid);
        vector.Set(AuxiliaryVector.EffectiveGroupId, who.EffectiveGid);
        vector.Set(AuxiliaryVector.Secure, task.IsSecureExec ? 1u : 0);
        vector.Set(AuxiliaryVector.Random, 0);
        vector.Set(AuxiliaryVector.HardwareCapabilities2, (model.Cpuid(7, 0).Ebx & 1) << 1);
        vector.Set(AuxiliaryVector.ExecFileName, 0);
        vector.Set(AuxiliaryVector.Platform, 0);
        vector.Set(AuxiliaryVector.RseqFeatureSize, RseqFeatureSize);
        vector.Set(AuxiliaryVector.RseqAlign, RseqAlign);
        return vector;
    }
}
