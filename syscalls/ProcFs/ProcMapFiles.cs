using System.Buffers.Text;
using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/map_files: a link for each area that maps a file. Linux: fs/proc/base.c (<c>proc_map_files_operations</c>).</summary>
internal sealed class ProcMapFiles : PseudoDirectory
{
    /// <summary>The directory.</summary>
    public ProcMapFiles(PseudoFileSystem fileSystem, in PseudoContext context)
        : base(fileSystem, context, ModeBits.Directory | 0x140)
    {
    }

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        if (Find(name) is not { } area)
            return NotFound;
        ulong start = area.Start, end = area.End;
        uint mode = (area.File!.CanRead ? 0x100u : 0) | (area.File.CanWrite ? 0x80u : 0);
        int Jump(in PseudoContext context, out VfsPath path) => Follow(context, start, end, out path);
        inode = new PseudoLink(Pseudo, Context, PseudoEntry.Magic(NameOf(area), Jump, ModeBits.Link | mode));
        return 0;
    }

    /// <inheritdoc/>
    public override bool RevalidateChild(Task task, Dentry child) => Find(child.Name) != null;

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        ulong position = 2;
        foreach (VmArea area in FileAreas())
        {
            if (position++ < file.Position)
                continue;
            if (!to.Emit(Encoding.ASCII.GetBytes(NameOf(area)), Number + position, ModeBits.ToEntryType(ModeBits.Link), (long)position - 1))
                break;
            file.Position = position;
        }
        return 0;
    }

    private IEnumerable<VmArea> FileAreas()
    {
        if (Context.Mm is not { } mm)
            yield break;
        for (VmArea? area = mm.FindArea(0); area != null; area = mm.AreaAfter(area))
        {
            if (area.File != null)
                yield return area;
        }
    }

    private static string NameOf(VmArea area) => $"{area.Start:x}-{area.End:x}";

    // Linux: dname_to_vma_addr, find_exact_vma
    private VmArea? Find(ReadOnlySpan<byte> name)
    {
        int dash = name.IndexOf((byte)'-');
        if (dash <= 0 || Context.Mm is not { } mm || !TryHex(name[..dash], out ulong start) || !TryHex(name[(dash + 1)..], out ulong end))
            return null;
        return mm.Lookup(start) is { File: not null } area && area.Start == start && area.End == end ? area : null;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out ulong value)
    {
        bool canonical = text.Length is > 0 and <= 16 && (text[0] != (byte)'0' || text.Length == 1);
        return Utf8Parser.TryParse(text, out value, out int used, 'x') && used == text.Length && canonical;
    }

    // Linux: proc_map_files_get_link
    private static int Follow(in PseudoContext context, ulong start, ulong end, out VfsPath path)
    {
        path = default;
        if (!context.Reader!.Credentials.Can(Capability.SysAdmin) && !context.Reader.Credentials.Can(Capability.CheckpointRestore))
            return -Errno.EPERM;
        if (context.Mm?.Lookup(start) is not { File: OpenFile file } area || area.Start != start || area.End != end || file.Path.IsNone)
            return -Errno.ENOENT;
        path = file.Path;
        return 0;
    }
}
