using Emu.Host;

namespace Emu.Syscalls;

/// <summary>Extended attributes of files of the host.</summary>
internal static class HostXattrs
{
    public static int Get(HostNode node, ReadOnlySpan<byte> name, Span<byte> value)
    {
        using Handle handle = new(node, stackalloc byte[32]);
        return handle.Error != 0 ? handle.Error : HostXattr.Get(handle.Path, name, value);
    }

    public static int Set(HostNode node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        using Handle handle = new(node, stackalloc byte[32]);
        node.Expire();
        return handle.Error != 0 ? handle.Error : HostXattr.Set(handle.Path, name, value, flags);
    }

    public static int Remove(HostNode node, ReadOnlySpan<byte> name)
    {
        using Handle handle = new(node, stackalloc byte[32]);
        node.Expire();
        return handle.Error != 0 ? handle.Error : HostXattr.Remove(handle.Path, name);
    }

    public static int List(HostNode node, Span<byte> list)
    {
        using Handle handle = new(node, stackalloc byte[32]);
        return handle.Error != 0 ? handle.Error : HostXattr.List(handle.Path, list);
    }

    // A path of our own that leads to exactly the file, be it a link.
    private ref struct Handle
    {
        private readonly int _fd;

        public Handle(HostNode node, Span<byte> buffer)
        {
            _fd = node.OpenHandle();
            if (_fd >= 0)
                Path = buffer[..HostFile.FormatProcPath(_fd, buffer)];
        }

        public ReadOnlySpan<byte> Path { get; }

        public readonly int Error => Math.Min(_fd, 0);

        public readonly void Dispose()
        {
            if (_fd >= 0)
                _ = HostFile.Close(_fd); // it only names
        }
    }
}
