namespace Emu.Host;

/// <summary>What recvmsg(2) tells beside the data.</summary>
/// <param name="AddressLength">The whole length of the sender's address, 0 if there is none.</param>
/// <param name="ControlLength">Bytes of control data.</param>
/// <param name="Flags">Flags of the message: <c>MSG_TRUNC</c> 0x20, <c>MSG_CTRUNC</c> 0x8 and others.</param>
public readonly record struct HostMessage(int AddressLength, int ControlLength, int Flags);

/// <content>Data in and out. The flags are those of send(2) and recv(2) (<c>MSG_*</c>).</content>
public static unsafe partial class HostSocket
{
    /// <summary>sendto(2): the bytes sent. An empty address means the peer that the socket is connected to.</summary>
    public static long SendTo(int fd, ReadOnlySpan<byte> data, int flags, ReadOnlySpan<byte> address = default)
    {
        long result;
        do
            result = SendToInterruptible(fd, data, flags, address);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="SendTo"/> that answers <c>-EINTR</c> when a signal came before any byte.</summary>
    public static long SendToInterruptible(int fd, ReadOnlySpan<byte> data, int flags, ReadOnlySpan<byte> address = default)
    {
        fixed (byte* pointer = data, target = address)
            return Native.Result(Native.sendto(fd, pointer, data.Length, flags, target, (uint)address.Length));
    }

    /// <summary>recvfrom(2): the bytes received, and the sender's address.</summary>
    public static long ReceiveFrom(int fd, Span<byte> data, int flags, Span<byte> address, out int addressLength)
    {
        long result;
        do
            result = ReceiveFromInterruptible(fd, data, flags, address, out addressLength);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="ReceiveFrom"/> that answers <c>-EINTR</c> when a signal came before any byte.</summary>
    public static long ReceiveFromInterruptible(
        int fd, Span<byte> data, int flags, Span<byte> address, out int addressLength)
    {
        uint length = (uint)address.Length;
        fixed (byte* pointer = data, source = address)
        {
            long result = Native.Result(
                Native.recvfrom(fd, pointer, data.Length, flags, source, source == null ? null : &length));
            addressLength = result < 0 ? 0 : (int)length;
            return result;
        }
    }

    /// <summary>
    /// sendmsg(2): the bytes sent. Control data are whole <c>struct cmsghdr</c> with their alignment (cmsg(3)); descriptors
    /// within are the host's.
    /// </summary>
    public static long SendMessage(
        int fd, ReadOnlySpan<byte> data, ReadOnlySpan<byte> control, ReadOnlySpan<byte> address, int flags)
    {
        long result;
        do
            result = SendMessageInterruptible(fd, data, control, address, flags);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="SendMessage"/> that answers <c>-EINTR</c> when a signal came before any byte.</summary>
    public static long SendMessageInterruptible(
        int fd, ReadOnlySpan<byte> data, ReadOnlySpan<byte> control, ReadOnlySpan<byte> address, int flags)
    {
        fixed (byte* dataPointer = data, controlPointer = control, addressPointer = address)
        {
            NativeIoVec vector = new(dataPointer, data.Length);
            NativeMessageHeader header = new()
            {
                Name = addressPointer,
                NameLength = (uint)address.Length,
                Vector = &vector,
                VectorCount = 1,
                Control = controlPointer,
                ControlLength = control.Length,
            };
            return Native.Result(Native.sendmsg(fd, &header, flags));
        }
    }

    /// <summary>
    /// recvmsg(2): the bytes received. Descriptors in the control data are new ones of our process, to be closed;
    /// <c>MSG_CMSG_CLOEXEC</c> 0x40000000 among the flags keeps them from programs executed.
    /// </summary>
    public static long ReceiveMessage(
        int fd, Span<byte> data, Span<byte> control, Span<byte> address, int flags, out HostMessage message)
    {
        long result;
        do
            result = ReceiveMessageInterruptible(fd, data, control, address, flags, out message);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="ReceiveMessage"/> that answers <c>-EINTR</c> when a signal came before any byte.</summary>
    public static long ReceiveMessageInterruptible(
        int fd, Span<byte> data, Span<byte> control, Span<byte> address, int flags, out HostMessage message)
    {
        fixed (byte* dataPointer = data, controlPointer = control, addressPointer = address)
        {
            NativeIoVec vector = new(dataPointer, data.Length);
            NativeMessageHeader header = new()
            {
                Name = addressPointer,
                NameLength = (uint)address.Length,
                Vector = &vector,
                VectorCount = 1,
                Control = controlPointer,
                ControlLength = control.Length,
            };
            long result = Native.Result(Native.recvmsg(fd, &header, flags));
            message = result < 0
                ? default
                : new HostMessage((int)header.NameLength, (int)header.ControlLength, header.Flags);
            return result;
        }
    }
}
