using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <content>What a task needs to work with files.</content>
public sealed partial class Task
{
    private const int PathMax = 4096;

    private byte[]? _firstPath, _secondPath, _transfer;
    private FileTable? _files;
    private FsContext? _fs;

    /// <summary>Its descriptors. Linux: <c>files</c>.</summary>
    internal FileTable Files => _files!;

    /// <summary>Where it stands in the tree. Linux: <c>fs</c>.</summary>
    internal FsContext Fs => _fs!;

    /// <summary>Whether it still has files: it loses them at its end.</summary>
    internal bool HasFiles => _files != null;

    /// <summary>The mounts that it sees. Linux: <c>nsproxy->mnt_ns</c>.</summary>
    internal MountNamespace Namespace => Kernel.Vfs.Namespace;

    /// <summary>The entries of polls under way, kept for the next one.</summary>
    internal PollTable PollTable => field ??= new PollTable(this);

    /// <summary>One more than the highest descriptor. Linux: <c>rlimit(RLIMIT_NOFILE)</c>.</summary>
    internal ulong OpenFilesLimit => Group.Limits.Current(Resource.OpenFiles);

    /// <summary>Bytes that a file may have. Linux: <c>rlimit(RLIMIT_FSIZE)</c>.</summary>
    internal ulong FileSizeLimit => Group.Limits.Current(Resource.FileSize);

    /// <summary>Gives the first task its files; the references pass to it.</summary>
    internal void SetFiles(FileTable files, FsContext fs)
    {
        _files = files;
        _fs = fs;
    }

    /// <summary>Gives it files of its own where it shares them. Linux: <c>unshare_files</c>, <c>unshare_fs</c>.</summary>
    internal void UnshareFiles(bool files, bool fs)
    {
        if (files && _files is { Users: > 1 } table)
        {
            _files = table.Copy();
            table.Put(this);
        }
        if (fs && _fs is { Users: > 1 } context)
        {
            _fs = context.Copy();
            context.Put();
        }
    }

    /// <summary>Copies a path from the user. Linux: <c>getname_flags</c>.</summary>
    /// <param name="address">Where it stands.</param>
    /// <param name="name">The path; valid until the next system call.</param>
    /// <param name="allowEmpty">Whether it may be empty.</param>
    /// <returns>0, or EFAULT, ENAMETOOLONG, ENOENT, negated.</returns>
    internal int GetName(ulong address, out ReadOnlySpan<byte> name, bool allowEmpty = false)
    {
        Kernel.Vfs.Dentries.Prune();
        return GetName(address, _firstPath ??= new byte[PathMax], out name, allowEmpty);
    }

    /// <summary>Copies the second path of a call.</summary>
    internal int GetSecondName(ulong address, out ReadOnlySpan<byte> name, bool allowEmpty = false) =>
        GetName(address, _secondPath ??= new byte[PathMax], out name, allowEmpty);

    /// <summary>A buffer for data on its way between the user and the host; one transfer at a time.</summary>
    internal byte[] TransferBuffer => _transfer ??= new byte[TransferSize];

    /// <summary>Bytes of <see cref="TransferBuffer"/>.</summary>
    internal const int TransferSize = 65536;

    /// <summary>Copies a structure that may come to have more fields; what is not known must be zero. Linux: <c>copy_struct_from_user</c>.</summary>
    /// <param name="address">Where it stands.</param>
    /// <param name="size">Its size, as the caller gave it.</param>
    /// <param name="smallest">The size that it has had at first.</param>
    /// <param name="value">The structure; what the caller does not know is zero.</param>
    /// <returns>0, or EINVAL, E2BIG, EFAULT, negated.</returns>
    internal int GetStruct<T>(ulong address, ulong size, int smallest, out T value)
        where T : unmanaged
    {
        value = default;
        if (size < (ulong)smallest)
            return -Errno.EINVAL;
        if (size > MmConstants.PageSize)
            return -Errno.E2BIG;
        Span<byte> known = MemoryMarshal.AsBytes(new Span<T>(ref value));
        int common = (int)Math.Min(size, (ulong)known.Length);
        Span<byte> all = stackalloc byte[(int)MmConstants.PageSize];
        all = all[..(int)size];
        if (User.CopyFrom(address, all) != 0)
            return -Errno.EFAULT;
        all[..common].CopyTo(known);
        return all[common..].ContainsAnyExcept((byte)0) ? -Errno.E2BIG : 0;
    }

    // Linux: copy_files, copy_fs
    partial void CopyFiles(Task parent, in CloneRequest request, ref int error)
    {
        if (!parent.HasFiles)
            return;
        _files = request.Has(CloneFlags.Files) ? parent.Files.Get() : parent.Files.Copy();
        _fs = request.Has(CloneFlags.Fs) ? parent.Fs.Get() : parent.Fs.Copy();
    }

    // Linux: pidfd_get_pid
    partial void FindPidFd(int fd, ref Pid? pid, ref bool neverWaits)
    {
        if (Files.Peek(fd) is not PidFile file)
            return;
        pid = file.Pid;
        neverWaits = (file.Flags & OpenFlags.NonBlock) != 0;
    }

    // Linux: exit_files, exit_fs
    partial void DropFiles(bool isLast)
    {
        _files?.Put(this);
        _fs?.Put();
        _files = null;
        _fs = null;
    }

    private int GetName(ulong address, byte[] buffer, out ReadOnlySpan<byte> name, bool allowEmpty)
    {
        name = default;
        int length = User.CopyStringFrom(address, buffer);
        if (length < 0)
            return length;
        if (length == PathMax)
            return -Errno.ENAMETOOLONG;
        if (length == 0 && !allowEmpty)
            return -Errno.ENOENT;
        name = buffer.AsSpan(0, length);
        return 0;
    }
}
