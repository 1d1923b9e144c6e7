using System.Buffers.Binary;
using Emu.Host;

namespace Emu.Syscalls;

/// <summary>The listing of a directory of the host. The host's positions are the guest's.</summary>
internal sealed class HostDirectoryCursor(int fd) : IDisposable
{
    private const int BufferSize = 32768, NameOffset = 19;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _filled, _at;
    private ulong _position;

    /// <summary>Lists from the file's position on.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int Iterate(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (file.Position != _position)
        {
            long result = HostFile.Seek(fd, (long)file.Position, HostSeek.Start);
            if (result < 0)
                return (int)result;
            _position = file.Position;
            _filled = _at = 0;
        }
        while (true)
        {
            if (_at == _filled && !Fill(out int error))
                return error;
            ReadOnlySpan<byte> entry = _buffer.AsSpan(_at, _filled - _at);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(entry[16..]);
            ReadOnlySpan<byte> name = entry[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!to.Emit(name, BinaryPrimitives.ReadUInt64LittleEndian(entry), entry[18], (long)_position))
                return 0;
            _at += length;
            _position = file.Position = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        }
    }

    /// <summary>The next entries into a list; false at the end or on error.</summary>
    public bool ReadAll(List<DirectoryEntry> list, out int error)
    {
        while (Fill(out error))
        {
            foreach (HostDirectoryEntry entry in new HostDirectoryEntries(_buffer.AsSpan(0, _filled)))
                list.Add(new DirectoryEntry(entry.Name.ToArray(), entry.Ino, (byte)entry.Type, 0));
        }
        return error == 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = HostFile.Close(fd);

    private bool Fill(out int error)
    {
        _at = 0;
        _filled = Emu.Host.HostDirectory.GetDents64(fd, _buffer);
        error = Math.Min(_filled, 0);
        _filled = Math.Max(_filled, 0);
        return _filled > 0;
    }
}
