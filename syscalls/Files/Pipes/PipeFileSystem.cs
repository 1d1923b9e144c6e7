using System.Text;

namespace Emu.Syscalls;

/// <summary>Where pipes live. Linux: <c>pipefs</c> (fs/pipe.c).</summary>
internal sealed class PipeFileSystem : InternalFileSystem
{
    private const long Magic = 0x50495045;

    /// <summary>A file system without pipes.</summary>
    public PipeFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "pipefs";

    /// <summary>Makes a pipe. Linux: <c>create_pipe_files</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="flags">O_NONBLOCK, O_DIRECT.</param>
    /// <param name="reader">The end to read from, with a reference.</param>
    /// <param name="writer">The end to write to, with a reference.</param>
    public void Create(Task task, OpenFlags flags, out OpenFile reader, out OpenFile writer)
    {
        PipeInode inode = new(this, NextNumber(), task.Credentials);
        Pipe pipe = new(Vfs.Kernel.Memory) { Readers = 1, Writers = 1 };
        inode.Pipe = pipe;
        VfsPath path = NewPath([], inode);
        flags &= OpenFlags.NonBlock | OpenFlags.Direct;
        reader = new PipeFile(inode, pipe, flags | OpenFlags.ReadOnly);
        writer = new PipeFile(inode, pipe, flags | OpenFlags.WriteOnly);
        reader.SetPath(path, task.Credentials);
        writer.SetPath(path, task.Credentials);
    }

    /// <inheritdoc/>
    public override byte[]? PseudoName(Dentry dentry) => Encoding.ASCII.GetBytes($"pipe:[{dentry.Inode!.Number}]");

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        return 0;
    }
}

/// <summary>The inode of a pipe without a name. Linux: <c>get_pipe_inode</c>.</summary>
internal sealed class PipeInode : Inode
{
    private readonly MemoryAttributes _attributes;

    /// <summary>The inode of a new pipe.</summary>
    public PipeInode(FileSystem fileSystem, ulong number, Credentials owner)
        : base(fileSystem, ModeBits.Fifo)
    {
        Number = number;
        NewInode made = new() { Mode = ModeBits.Fifo | 0x180, Uid = owner.FileUid, Gid = owner.FileGid };
        _attributes = new MemoryAttributes(made, fileSystem.Now);
    }

    /// <inheritdoc/>
    public override ulong Number { get; }

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = new FileStat { Number = Number, Device = Device };
        _attributes.Fill(ref stat);
        stat.HasBirthTime = false;
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        _attributes.Apply(change, FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file) => Fifo.Open(this, request, waits: false, out file);
}
