using System.Runtime.InteropServices;
using System.Text;

namespace Emu.Host.Tests.Support;

/// <summary>How a child ended or stopped (waitpid(2)).</summary>
internal readonly record struct ChildStatus(int Word)
{
    public bool Exited => (Word & 0x7F) == 0;

    public int ExitStatus => (Word >> 8) & 0xFF;

    public bool Stopped => (Word & 0xFF) == 0x7F;

    public int StopSignal => ExitStatus;

    /// <summary>The signal that killed it, or 0.</summary>
    public int Signal => Exited || Stopped ? 0 : Word & 0x7F;
}

/// <summary>
/// A process that runs one verb of <see cref="ChildProgram"/>, in its own process group or session. Made with
/// posix_spawn(3), for the library's classes know neither arguments that are not UTF-8 nor the signal that ended a process.
/// </summary>
internal sealed unsafe class Child
{
    private const short SetGroup = 0x02;
    private const short SetSession = 0x80;
    private const int Untraced = 2;

    private Child(int pid) => Pid = pid;

    public int Pid { get; }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "Emu.Host.Tests");

    /// <summary>Starts the tests' program with a verb; descriptors without close-on-exec are inherited.</summary>
    public static Child Start(string verb, params byte[][] arguments) => StartWith([], verb, arguments);

    /// <summary>The same with more variables in its environment.</summary>
    public static Child StartWith(byte[][] variables, string verb, params byte[][] arguments) =>
        Start(SetGroup, variables, verb, arguments);

    /// <summary>The same as the leader of a session without a terminal.</summary>
    public static Child StartSession(string verb, params byte[][] arguments) => Start(SetSession, [], verb, arguments);

    private static Child Start(short flags, byte[][] variables, string verb, byte[][] arguments)
    {
        Assert.Equal(0, HostProcess.GetEnvironment(out byte[][] environment));
        byte[] program = Encoding.UTF8.GetBytes(Program);
        return Spawn(program, [program, Encoding.UTF8.GetBytes(verb), .. arguments], [.. environment, .. variables], flags);
    }

    /// <summary>Starts any program in its own process group.</summary>
    public static Child Spawn(byte[] path, byte[][] arguments, byte[][] environment, short flags = SetGroup)
    {
        Span<byte> attributes = stackalloc byte[512]; // larger than any libc's posix_spawnattr_t
        int pid;
        int error;
        fixed (byte* name = Terminate(path), attributePointer = attributes)
        {
            NativeTest.posix_spawnattr_init(attributePointer);
            NativeTest.posix_spawnattr_setflags(attributePointer, flags);
            byte** argv = MakeVector(arguments);
            byte** envp = MakeVector(environment);
            error = NativeTest.posix_spawn(&pid, name, null, attributePointer, argv, envp);
            FreeVector(argv);
            FreeVector(envp);
        }
        Assert.Equal(0, error);
        return new Child(pid);
    }

    /// <summary>Waits for the end.</summary>
    public ChildStatus Wait() => Wait(0);

    /// <summary>Waits for the end or a stop.</summary>
    public ChildStatus WaitStop() => Wait(Untraced);

    public void Kill(int signal) => Assert.Equal(0, NativeTest.kill(Pid, signal));

    private ChildStatus Wait(int options)
    {
        int status = 0;
        int pid;
        do
            pid = NativeTest.waitpid(Pid, &status, options);
        while (pid < 0);
        return new ChildStatus(status);
    }

    private static byte[] Terminate(byte[] text) => [.. text, 0];

    private static byte** MakeVector(byte[][] strings)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed(
            (nuint)strings.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Length; i++)
        {
            byte[] text = Terminate(strings[i]);
            vector[i] = (byte*)NativeMemory.Alloc((nuint)text.Length);
            text.CopyTo(new Span<byte>(vector[i], text.Length));
        }
        return vector;
    }

    private static void FreeVector(byte** vector)
    {
        for (byte** entry = vector; *entry != null; entry++)
            NativeMemory.Free(*entry);
        NativeMemory.Free(vector);
    }
}
