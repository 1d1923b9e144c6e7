using System.Numerics;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The descriptors of a process. Linux: <c>struct files_struct</c>, fs/file.c.</summary>
internal sealed class FileTable
{
    private const int FirstSize = 64;

    private OpenFile?[] _files = new OpenFile?[FirstSize];
    private ulong[] _open = new ulong[FirstSize / 64], _closeOnExec = new ulong[FirstSize / 64];
    private int _next;

    /// <summary>Tasks that share it. Linux: <c>count</c>.</summary>
    public int Users { get; private set; } = 1;

    /// <summary>Numbers that it has room for now. Linux: <c>max_fds</c>; FDSize of /proc/PID/status.</summary>
    public int Capacity => _files.Length;

    /// <summary>An open file without a reference; null if the number is free. Linux: <c>files_lookup_fd_raw</c>.</summary>
    public OpenFile? Peek(int fd) => (uint)fd < (uint)_files.Length ? _files[fd] : null;

    /// <summary>An open file to work with, a reference included. Linux: <c>fdget</c>; O_PATH files do not count.</summary>
    public FileReference Get(int fd)
    {
        OpenFile? file = Peek(fd);
        return file == null || file.IsPath ? default : new FileReference(file);
    }

    /// <summary>An open file to work with, O_PATH files included. Linux: <c>fdget_raw</c>.</summary>
    public FileReference GetRaw(int fd) => Peek(fd) is { } file ? new FileReference(file) : default;

    /// <summary>Gives a file the lowest free number. Linux: <c>get_unused_fd_flags</c> and <c>fd_install</c>.</summary>
    /// <param name="file">The file; the reference passes to the table.</param>
    /// <param name="closeOnExec">Whether exec closes it.</param>
    /// <param name="limit">RLIMIT_NOFILE.</param>
    /// <param name="lowest">Numbers below are not considered.</param>
    /// <returns>The number, or -EMFILE: the reference stays the caller's.</returns>
    public int Install(OpenFile file, bool closeOnExec, ulong limit, int lowest = 0)
    {
        int fd = FindFree(Math.Max(lowest, lowest < _next ? _next : lowest));
        if ((ulong)fd >= limit)
            return -Errno.EMFILE;
        EnsureRoom(fd);
        Set(fd, file, closeOnExec);
        if (lowest <= _next)
            _next = fd + 1;
        return fd;
    }

    /// <summary>Whether a number below a limit is free.</summary>
    public bool HasFree(ulong limit) => (ulong)FindFree(_next) < limit;

    /// <summary>Puts a file in place of whatever has the number. Linux: <c>do_dup2</c>.</summary>
    /// <param name="fd">Below the limit.</param>
    /// <param name="file">The file; a reference is taken.</param>
    /// <param name="closeOnExec">Whether exec closes it.</param>
    /// <returns>What was there; its reference passes to the caller.</returns>
    public OpenFile? Replace(int fd, OpenFile file, bool closeOnExec)
    {
        EnsureRoom(fd);
        OpenFile? old = _files[fd];
        file.Get();
        Set(fd, file, closeOnExec);
        return old;
    }

    /// <summary>Frees a number. Linux: <c>file_close_fd</c>.</summary>
    /// <returns>What was there; its reference passes to the caller.</returns>
    public OpenFile? Remove(int fd)
    {
        OpenFile? file = Peek(fd);
        if (file == null)
            return null;
        _files[fd] = null;
        _open[fd >> 6] &= ~(1UL << (fd & 63));
        _closeOnExec[fd >> 6] &= ~(1UL << (fd & 63));
        _next = Math.Min(_next, fd);
        return file;
    }

    /// <summary>Closes a number. Linux: <c>filp_close</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int Close(Task task, int fd)
    {
        OpenFile? file = Remove(fd);
        return file == null ? -Errno.EBADF : CloseFile(task, file);
    }

    /// <summary>Ends what a descriptor meant. Linux: <c>filp_flush</c>, <c>fput</c>.</summary>
    public int CloseFile(Task task, OpenFile file)
    {
        int error = 0;
        if (!file.IsPath)
        {
            error = file.Flush(task);
            file.Inode.Locks?.ReleaseOwner(this);
        }
        file.Put();
        return error;
    }

    /// <summary>Whether exec closes a number.</summary>
    public bool IsCloseOnExec(int fd) => (_closeOnExec[fd >> 6] >> (fd & 63) & 1) != 0;

    /// <summary>Says whether exec closes a number that is open.</summary>
    public void SetCloseOnExec(int fd, bool value)
    {
        ulong bit = 1UL << (fd & 63);
        _closeOnExec[fd >> 6] = value ? _closeOnExec[fd >> 6] | bit : _closeOnExec[fd >> 6] & ~bit;
    }

    /// <summary>The first open number at or after one; -1 for none. Linux: <c>fget_task_next</c>.</summary>
    public int NextOpen(int fd)
    {
        for (; fd < _files.Length; fd++)
        {
            if (_files[fd] != null)
                return fd;
        }
        return -1;
    }

    /// <summary>Closes what exec closes. Linux: <c>do_close_on_exec</c>.</summary>
    public void CloseOnExec(Task task)
    {
        for (int word = 0; word < _closeOnExec.Length; word++)
        {
            while (_closeOnExec[word] != 0)
                _ = Close(task, (word << 6) + BitOperations.TrailingZeroCount(_closeOnExec[word])); // an error of a late write has nobody to go to
        }
    }

    /// <summary>A table of its own with the same files (fork). Linux: <c>dup_fd</c>.</summary>
    public FileTable Copy()
    {
        FileTable copy = new()
        {
            _files = (OpenFile?[])_files.Clone(),
            _open = (ulong[])_open.Clone(),
            _closeOnExec = (ulong[])_closeOnExec.Clone(),
            _next = _next,
        };
        foreach (OpenFile? file in _files)
            file?.Get();
        return copy;
    }

    /// <summary>One more task shares it (CLONE_FILES).</summary>
    public FileTable Get()
    {
        Users++;
        return this;
    }

    /// <summary>One task less; the last closes everything. Linux: <c>put_files_struct</c>.</summary>
    public void Put(Task task)
    {
        if (--Users != 0)
            return;
        for (int fd = NextOpen(0); fd >= 0; fd = NextOpen(fd + 1))
            _ = Close(task, fd); // nobody is left to hear of an error
    }

    private void Set(int fd, OpenFile file, bool closeOnExec)
    {
        _files[fd] = file;
        _open[fd >> 6] |= 1UL << (fd & 63);
        SetCloseOnExec(fd, closeOnExec);
    }

    private int FindFree(int from)
    {
        for (int word = from >> 6; word < _open.Length; word++)
        {
            ulong free = ~_open[word];
            if (word == from >> 6)
                free &= ulong.MaxValue << (from & 63);
            if (free != 0)
                return (word << 6) + BitOperations.TrailingZeroCount(free);
        }
        return Math.Max(from, _files.Length);
    }

    private void EnsureRoom(int fd)
    {
        if (fd < _files.Length)
            return;
        int size = Math.Max(_files.Length * 2, (fd | 63) + 1);
        Array.Resize(ref _files, size);
        Array.Resize(ref _open, size / 64);
        Array.Resize(ref _closeOnExec, size / 64);
    }
}

/// <summary>An open file while a system call works with it. Linux: <c>struct fd</c>.</summary>
internal readonly ref struct FileReference
{
    /// <summary>Takes a reference.</summary>
    public FileReference(OpenFile file)
    {
        File = file;
        file.Get();
    }

    /// <summary>The file, or null for a number that is not open.</summary>
    public OpenFile? File { get; }

    /// <summary>Gives the reference back.</summary>
    public void Dispose() => File?.Put();
}
