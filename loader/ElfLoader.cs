using Emu.Mm;

namespace Emu.Loader;

/// <summary>Maps the segments of ELF files. Linux: fs/binfmt_elf.c (<c>load_elf_binary</c>, <c>elf_load</c>, <c>elf_map</c>).</summary>
/// <remarks>
/// It runs behind the point of no return: the old address space is gone, so that an error here ends the process with SIGSEGV, as in the
/// kernel. Lock: mmap lock for writing.
/// </remarks>
public sealed class ElfLoader
{
    private const ulong PieBase = MmConstants.TaskSize / 3 * 2;

    private readonly MemoryDescriptor _mm;
    private readonly UserAccess _user;

    /// <summary>A loader into an empty address space.</summary>
    /// <param name="user">Access to it; its context is what faults are reported with.</param>
    public ElfLoader(UserAccess user)
    {
        _user = user;
        _mm = user.Mm;
    }

    /// <summary>Why loading failed, in words.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Maps a program and, if it has one, its interpreter.</summary>
    /// <param name="program">The program.</param>
    /// <param name="interpreter">The interpreter that it names, or null.</param>
    /// <param name="image">Where everything came to lie.</param>
    /// <returns>0 or a negative errno.</returns>
    public int Load(ElfFile program, ElfFile? interpreter, out ElfImage image)
    {
        image = default;
        int error = MapSegments(program, hasInterpreter: interpreter != null, isInterpreter: false, out Mapped mapped);
        if (error != 0)
            return error;
        SetLayout(program, interpreter != null, mapped);
        image = new ElfImage
        {
            Entry = program.Entry + mapped.Bias,
            ProgramEntry = program.Entry + mapped.Bias,
            ProgramHeaders = mapped.HeadersAddress,
            ProgramHeaderCount = program.Segments.Count,
        };
        if (interpreter == null)
            return CheckEntry(image.Entry);
        error = MapSegments(interpreter, hasInterpreter: false, isInterpreter: true, out Mapped loader);
        if (error != 0)
            return error;
        image = image with { Entry = interpreter.Entry + loader.Bias, InterpreterBase = loader.Bias };
        return CheckEntry(image.Entry);
    }

    private struct Mapped
    {
        public ulong Bias, HeadersAddress;
        public ulong StartCode, EndCode, StartData, EndData, Brk;
    }

    private int MapSegments(ElfFile file, bool hasInterpreter, bool isInterpreter, out Mapped mapped)
    {
        mapped = new Mapped { StartCode = ulong.MaxValue };
        bool first = true;
        foreach (ElfSegment segment in file.Segments)
        {
            if (segment.Type != ElfSegment.Load)
                continue;
            MapFlags flags = MapFlags.Private;
            ulong total = 0;
            if (!first)
                flags |= MapFlags.Fixed;
            else if (file.Type == ElfFile.TypeExecutable)
                flags |= MapFlags.FixedNoReplace;
            else if (!PlaceDynamic(file, hasInterpreter, segment, ref flags, ref mapped, out total))
                return Fail(-Errno.EINVAL, "no room for the segments");
            long at = MapSegment(file, segment, mapped.Bias + segment.Address, flags, total);
            if (at is < 0 or >= (long)MmConstants.TaskSize)
                return Fail(at < 0 ? (int)at : -Errno.EINVAL, $"the segment at {segment.Address:x} cannot be mapped");
            if (first && file.Type == ElfFile.TypeDynamic)
                mapped.Bias += (ulong)at - (mapped.Bias + segment.Address & MmConstants.PageMask);
            first = false;
            if (!NoteBounds(file, segment, ref mapped))
                return Fail(-Errno.EINVAL, $"the segment at {segment.Address:x} does not fit into the address space");
        }
        // The kernel runs a program without segments into its entry point; an interpreter must have some.
        return first && isInterpreter ? Fail(-Errno.EINVAL, "the interpreter has no segment") : 0;
    }

    // A program with an interpreter goes to its own place; one without (a static PIE, or an interpreter) to where mmap puts it.
    private bool PlaceDynamic(ElfFile file, bool hasInterpreter, ElfSegment first, ref MapFlags flags, ref Mapped mapped, out ulong total)
    {
        ulong alignment = MaximumAlignment(file);
        total = TotalSize(file);
        if (total == 0)
            return false;
        if (hasInterpreter)
        {
            mapped.Bias = PieBase & ~(alignment - 1);
            flags |= MapFlags.FixedNoReplace;
        }
        else if (alignment > MmConstants.PageSize)
        {
            // The kernel maps the image once to see where it would lie, and goes down from there.
            long found = _mm.GetUnmappedArea(null, 0, MmConstants.PageAlign(total), MapFlags.Private, VmFlags.None);
            if (found < 0)
                return false;
            mapped.Bias = (ulong)found & ~(alignment - 1);
            flags |= MapFlags.FixedNoReplace;
        }
        mapped.Bias = (mapped.Bias - first.Address) & MmConstants.PageMask;
        if (!hasInterpreter && alignment <= MmConstants.PageSize)
            mapped.Bias = 0UL - (first.Address & MmConstants.PageMask);
        return true;
    }

    // Linux: elf_load
    private long MapSegment(ElfFile file, ElfSegment segment, ulong address, MapFlags flags, ulong total)
    {
        ulong inPage = segment.Address & ~MmConstants.PageMask;
        long mapped = (long)(address & MmConstants.PageMask);
        ulong zeroStart = (ulong)mapped, zeroEnd = zeroStart + inPage + segment.MemorySize;
        if (segment.FileSize != 0)
        {
            mapped = MapFile(file, segment, address, flags, total);
            if (mapped is < 0 or >= (long)MmConstants.TaskSize)
                return mapped;
            zeroStart = (ulong)mapped + inPage + segment.FileSize;
            zeroEnd = (ulong)mapped + inPage + segment.MemorySize;
            if (segment.MemorySize > segment.FileSize && ClearToPageEnd(zeroStart) && (segment.Protection & MemoryProtection.Write) != 0)
                return -Errno.EFAULT;
        }
        if (segment.MemorySize <= segment.FileSize)
            return mapped;
        zeroStart = MmConstants.PageAlign(zeroStart);
        zeroEnd = MmConstants.PageAlign(zeroEnd);
        int error = _mm.MapZeroes(zeroStart, zeroEnd - zeroStart, segment.IsExecutable);
        return error != 0 ? error : mapped;
    }

    // Linux: elf_map
    private long MapFile(ElfFile file, ElfSegment segment, ulong address, MapFlags flags, ulong total)
    {
        ulong inPage = segment.Address & ~MmConstants.PageMask;
        ulong size = MmConstants.PageAlign(segment.FileSize + inPage), offset = segment.Offset - inPage;
        address &= MmConstants.PageMask;
        if (size == 0)
            return (long)address;
        ulong wanted = total != 0 ? MmConstants.PageAlign(total) : size;
        if (offset + MmConstants.PageAlign(wanted) < offset || (offset & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        MapRequest request = new()
        {
            Address = address,
            Length = wanted,
            Protection = segment.Protection,
            Flags = flags,
            File = file.Source.File,
            PageOffset = offset >> MmConstants.PageShift,
        };
        long mapped = _mm.Map(request, out _);
        if (mapped >= 0 && wanted > size)
            _ = _mm.Unmap((ulong)mapped + size, wanted - size); // cannot fail: it was mapped just now
        return mapped;
    }

    // Whether it failed. A read-only segment may have bytes behind its file part; they are left as they are. Linux: padzero
    private bool ClearToPageEnd(ulong address)
    {
        ulong length = MmConstants.PageAlign(address) - address;
        return length != 0 && _user.Clear(address, length) != 0;
    }

    private static bool NoteBounds(ElfFile file, ElfSegment segment, ref Mapped mapped)
    {
        ulong start = segment.Address, headers = file.ProgramHeaderOffset;
        if (segment.Offset <= headers && headers - segment.Offset < segment.FileSize)
            mapped.HeadersAddress = headers - segment.Offset + segment.Address + mapped.Bias;
        if (segment.IsExecutable && start < mapped.StartCode)
            mapped.StartCode = start;
        mapped.StartData = Math.Max(mapped.StartData, start);
        if (start >= MmConstants.TaskSize || segment.FileSize > segment.MemorySize || segment.MemorySize > MmConstants.TaskSize ||
            MmConstants.TaskSize - segment.MemorySize < start)
        {
            return false;
        }
        if (segment.IsExecutable)
            mapped.EndCode = Math.Max(mapped.EndCode, start + segment.FileSize);
        mapped.EndData = Math.Max(mapped.EndData, start + segment.FileSize);
        mapped.Brk = Math.Max(mapped.Brk, start + segment.MemorySize);
        return true;
    }

    private void SetLayout(ElfFile program, bool hasInterpreter, Mapped mapped)
    {
        MmLayout layout = _mm.Layout;
        layout.StartCode = mapped.StartCode + mapped.Bias;
        layout.EndCode = mapped.EndCode + mapped.Bias;
        layout.StartData = mapped.StartData + mapped.Bias;
        layout.EndData = mapped.EndData + mapped.Bias;
        // The heap of a static PIE would run into whatever mmap put above it: it starts where programs would be.
        bool isStaticPie = program.Type == ElfFile.TypeDynamic && !hasInterpreter;
        layout.StartBrk = isStaticPie ? MmConstants.PageAlign(PieBase) : MmConstants.PageAlign(mapped.Brk + mapped.Bias);
        layout.Brk = layout.StartBrk;
    }

    private int CheckEntry(ulong entry) => entry >= MmConstants.TaskSize ? Fail(-Errno.EINVAL, $"the entry point {entry:x} is no address") : 0;

    // Linux: total_mapping_size
    private static ulong TotalSize(ElfFile file)
    {
        ulong low = ulong.MaxValue, high = 0;
        bool any = false;
        foreach (ElfSegment segment in file.Segments)
        {
            if (segment.Type != ElfSegment.Load)
                continue;
            low = Math.Min(low, segment.Address & MmConstants.PageMask);
            high = Math.Max(high, segment.Address + segment.MemorySize);
            any = true;
        }
        return any ? high - low : 0;
    }

    // Linux: maximum_alignment
    private static ulong MaximumAlignment(ElfFile file)
    {
        ulong alignment = MmConstants.PageSize;
        foreach (ElfSegment segment in file.Segments)
        {
            // What is no power of two is ignored.
            if (segment.Type == ElfSegment.Load && System.Numerics.BitOperations.IsPow2(segment.Alignment))
                alignment = Math.Max(alignment, segment.Alignment);
        }
        return alignment;
    }

    private int Fail(int error, string reason)
    {
        Reason = reason;
        return error;
    }
}

/// <summary>Where a loaded program lies.</summary>
public readonly record struct ElfImage
{
    /// <summary>Where execution begins: in the interpreter if there is one.</summary>
    public required ulong Entry { get; init; }

    /// <summary>The program's own entry point. Linux: AT_ENTRY.</summary>
    public required ulong ProgramEntry { get; init; }

    /// <summary>Where the program headers are mapped. Linux: AT_PHDR.</summary>
    public required ulong ProgramHeaders { get; init; }

    /// <summary>How many there are. Linux: AT_PHNUM.</summary>
    public required int ProgramHeaderCount { get; init; }

    /// <summary>Where the interpreter lies, 0 for none. Linux: AT_BASE.</summary>
    public ulong InterpreterBase { get; init; }
}
