using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostSocketTests : TestBase
{
    private const int Unix = 1;
    private const int Inet = 2;
    private const int Stream = 1;
    private const int Datagram = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlock = 0x800;
    private const int SolSocket = 1;

    /// <summary>struct sockaddr_un of a socket in the test's directory.</summary>
    private byte[] AddressOf(ReadOnlySpan<byte> name) => [Unix, 0, .. Temp.PathOf(name), 0];

    private int Open(int domain = Unix, int type = Stream) => Keep(HostSocket.Socket(domain, type | CloseOnExec, 0));

    private (int First, int Second) OpenPair(int type = Stream)
    {
        Assert.Equal(0, HostSocket.SocketPair(Unix, type | CloseOnExec, 0, out int first, out int second));
        return (Keep(first), Keep(second));
    }

    [Fact]
    public void Stream_ConnectsAndCarriesBytes()
    {
        byte[] address = AddressOf(OddName);
        int listener = Open();
        Assert.Equal(0, HostSocket.Bind(listener, address));
        Assert.Equal(0, HostSocket.Listen(listener, 5));
        int client = Open();
        Assert.Equal(0, HostSocket.Connect(client, address));
        byte[] peer = new byte[128];
        int server = Keep(HostSocket.Accept4(listener, peer, out int length, CloseOnExec));
        Assert.Equal(2, length); // the client has no name
        Assert.Equal(address.Length, HostSocket.GetPeerName(client, peer));
        Assert.Equal(address, peer[..address.Length]);
        Assert.Equal(address.Length, HostSocket.GetSockName(server, peer));
        Assert.Equal(5, HostSocket.SendTo(client, "hello"u8, 0));
        Assert.Equal(0, HostSocket.Shutdown(client, 1));
        Assert.Equal(5, HostSocket.ReceiveFrom(server, peer, 0, default, out _));
        Assert.Equal(0, HostSocket.ReceiveFrom(server, peer, 0, default, out _));
        Assert.Equal(-HostErrno.EPIPE, HostSocket.SendTo(client, "x"u8, 0));
    }

    [Fact]
    public void Datagrams_TellTheirSender()
    {
        int first = Open(Inet, Datagram);
        int second = Open(Inet, Datagram);
        byte[] any = new byte[16];
        any[0] = Inet;
        any[4] = 127;
        any[7] = 1;
        Assert.Equal(0, HostSocket.Bind(first, any));
        Assert.Equal(0, HostSocket.Bind(second, any));
        byte[] firstAddress = new byte[16];
        byte[] secondAddress = new byte[16];
        Assert.Equal(16, HostSocket.GetSockName(first, firstAddress));
        Assert.Equal(16, HostSocket.GetSockName(second, secondAddress));
        Assert.Equal(3, HostSocket.SendTo(first, "abc"u8, 0, secondAddress));
        byte[] data = new byte[8];
        byte[] sender = new byte[16];
        Assert.Equal(3, HostSocket.ReceiveFrom(second, data, 0, sender, out int length));
        Assert.Equal(16, length);
        Assert.Equal(firstAddress, sender);
    }

    [Fact]
    public void Message_CarriesDescriptorAndSender()
    {
        (int first, int second) = OpenPair();
        int file = OpenTemp("file"u8);
        HostFile.Write(file, "text"u8);
        // struct cmsghdr: length 20, SOL_SOCKET, SCM_RIGHTS, one descriptor, padding.
        byte[] control = [20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, .. BitConverter.GetBytes(file), 0, 0, 0, 0];
        Assert.Equal(1, HostSocket.SendMessage(first, "x"u8, control, default, 0));
        byte[] data = new byte[8];
        byte[] received = new byte[64];
        const int CloseReceived = 0x40000000;
        Assert.Equal(1, HostSocket.ReceiveMessage(second, data, received, default, CloseReceived, out HostMessage message));
        Assert.Equal(24, message.ControlLength);
        int copy = Keep(BitConverter.ToInt32(received, 16));
        Assert.NotEqual(file, copy);
        Assert.Equal(4, HostFile.PRead(copy, data, 0));
    }

    [Fact]
    public void Message_TellsOfTruncation()
    {
        (int first, int second) = OpenPair(Datagram);
        HostSocket.SendMessage(first, "hello"u8, default, default, 0);
        byte[] address = new byte[128];
        Assert.Equal(2, HostSocket.ReceiveMessage(second, new byte[2], default, address, 0, out HostMessage message));
        Assert.Equal(0x20, message.Flags & 0x20);
        Assert.Equal(0, message.ControlLength);
        int receiver = Open(Unix, Datagram);
        HostSocket.Bind(receiver, AddressOf("r"u8));
        int sender = Open(Unix, Datagram);
        HostSocket.Bind(sender, AddressOf("s"u8));
        Assert.Equal(2, HostSocket.SendMessage(sender, "ab"u8, default, AddressOf("r"u8), 0));
        Assert.Equal(2, HostSocket.ReceiveMessage(receiver, new byte[2], default, address, 0, out message));
        Assert.Equal(AddressOf("s"u8), address[..message.AddressLength]);
    }

    [Fact]
    public void Options_AreSetAndRead()
    {
        const int ReuseAddress = 2;
        const int Type = 3;
        int socket = Open(Inet);
        byte[] value = new byte[4];
        Assert.Equal(0, HostSocket.SetSockOpt(socket, SolSocket, ReuseAddress, [1, 0, 0, 0]));
        Assert.Equal(4, HostSocket.GetSockOpt(socket, SolSocket, ReuseAddress, value));
        Assert.Equal(1, BitConverter.ToInt32(value));
        Assert.Equal(4, HostSocket.GetSockOpt(socket, SolSocket, Type, value));
        Assert.Equal(Stream, BitConverter.ToInt32(value));
        Assert.Equal(-HostErrno.ENOPROTOOPT, HostSocket.GetSockOpt(socket, SolSocket, 9999, value));
        Assert.Equal(-HostErrno.EINVAL, HostSocket.SetSockOpt(socket, SolSocket, ReuseAddress, default));
    }

    [Fact]
    public void GetError_TakesErrorOnce()
    {
        (int first, int second) = OpenPair();
        Assert.Equal(0, HostSocket.GetError(first));
        HostSocket.SendTo(first, "unread"u8, 0);
        HostFile.Dup3(OpenTemp("file"u8), second, 0);
        Assert.Equal(-HostErrno.ECONNRESET, HostSocket.GetError(first));
        Assert.Equal(0, HostSocket.GetError(first));
        Assert.Equal(-HostErrno.EBADF, HostSocket.GetError(NoFd));
    }

    [Fact]
    public void Calls_ReportErrno_WhenTheyFail()
    {
        int file = OpenTemp("file"u8);
        byte[] buffer = new byte[64];
        Assert.Equal(-HostErrno.EAFNOSUPPORT, HostSocket.Socket(9999 & 0x7F | 0x40, Stream, 0));
        Assert.Equal(-HostErrno.ENOTSOCK, HostSocket.Bind(file, AddressOf("x"u8)));
        Assert.Equal(-HostErrno.ENOTSOCK, HostSocket.Listen(file, 1));
        Assert.Equal(-HostErrno.ENOTSOCK, HostSocket.Accept4(file, default, out _, 0));
        Assert.Equal(-HostErrno.ENOTSOCK, HostSocket.Shutdown(file, 2));
        Assert.Equal(-HostErrno.ENOTSOCK, HostSocket.GetSockName(file, buffer));
        Assert.Equal(-HostErrno.ENOENT, HostSocket.Connect(Open(), AddressOf("none"u8)));
        Assert.Equal(-HostErrno.ENOTCONN, HostSocket.GetPeerName(Open(), buffer));
        Assert.Equal(-HostErrno.ENOTCONN, HostSocket.SendTo(Open(), "x"u8, 0));
        Assert.Equal(-HostErrno.EAGAIN, HostSocket.ReceiveFrom(OpenPair(Stream | NonBlock).First, buffer, 0, default, out _));
        Assert.Equal(-HostErrno.EOPNOTSUPP, HostSocket.SocketPair(Inet, Stream, 0, out int first, out int second));
        Assert.Equal((-1, -1), (first, second));
        int bound = Open();
        HostSocket.Bind(bound, AddressOf("x"u8));
        Assert.Equal(-HostErrno.EADDRINUSE, HostSocket.Bind(Open(), AddressOf("x"u8)));
        Assert.Equal(-HostErrno.ECONNREFUSED, HostSocket.Connect(Open(), AddressOf("x"u8)));
    }

    [Fact]
    public void Names_TellWholeLength_WhenBufferIsShort()
    {
        int socket = Open();
        HostSocket.Bind(socket, AddressOf("x"u8));
        Assert.Equal(AddressOf("x"u8).Length, HostSocket.GetSockName(socket, new byte[2]));
        Assert.Equal(AddressOf("x"u8).Length, HostSocket.GetSockName(socket, default));
    }
}
