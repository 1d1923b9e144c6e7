using System.Text;
using Emu.Syscalls;

namespace Emu.Cli.Tests;

/// <summary>The expected lines are strace 6.1's.</summary>
public class CallPrinterTests
{
    private readonly FakeMemory _memory = new();

    [Fact]
    public void Lines_ShowPathsAndFlags()
    {
        ulong path = _memory.Put("/etc/ld.so.cache");
        Assert.Equal("openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3", Line("openat", 3, AtCwd, path, 0x80000));
        Assert.Equal("openat(AT_FDCWD, \"/etc/ld.so.cache\", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3", Line("openat", 3, AtCwd, path, 0x241, 0x1B6));
        Assert.Equal("access(\"/etc/ld.so.cache\", R_OK)        = -1 ENOENT (No such file or directory)", Line("access", -2, path, 4));
        Assert.Equal("openat(5, NULL, O_RDONLY)               = -1 EFAULT (Bad address)", Line("openat", -14, 5, 0, 0));
        Assert.Equal("openat(5, 0x99, O_RDWR|O_PATH)          = -1 EFAULT (Bad address)", Line("openat", -14, 5, 0x99, 0x200002));
    }

    [Fact]
    public void Lines_ShowBuffers_AsFarAsTheCallWentAndStraceShows()
    {
        ulong buffer = _memory.Put("\u007fELF\u0002\u0001\u00010\t\"\\\u00ff and some more that is cut off here");
        Assert.Equal("read(3, \"\\177ELF\\2\\1\\0010\\t\\\"\\\\\\377\", 100) = 12", Line("read", 12, 3, buffer, 100));
        Assert.Equal("write(1, \"\\177ELF\\2\\1\\0010\\t\\\"\\\\\\377 and some more that \"..., 40) = 40", Line("write", 40, 1, buffer, 40));
        Assert.Equal("read(3, 0x1000, 100)                    = -1 EIO (Input/output error)", Line("read", -5, 3, buffer, 100));
        Assert.Equal("read(3, \"\", 100)                        = 0", Line("read", 0, 3, buffer, 100));
    }

    [Fact]
    public void Lines_ShowMemoryCalls()
    {
        Assert.Equal("mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f40532ce000",
            Line("mmap", 0x7f40532ce000, 0, 8192, 3, 0x22, ulong.MaxValue, 0));
        Assert.Equal("mmap(0x1000, 4096, PROT_NONE, MAP_SHARED|MAP_FIXED, 3, 0x26000) = -1 EPERM (Operation not permitted)",
            Line("mmap", -1, 0x1000, 4096, 0, 0x11, 3, 0x26000));
        Assert.Equal("brk(NULL)                               = 0x55e8c2006000", Line("brk", 0x55e8c2006000, 0));
        Assert.Equal("munmap(0x7f40532c5000, 36403)           = 0", Line("munmap", 0, 0x7f40532c5000, 36403));
        Assert.Equal("madvise(0x1000, 4096, MADV_DONTNEED)    = 0", Line("madvise", 0, 0x1000, 4096, 4));
        Assert.Equal("mremap(0x1000, 4096, 8192, MREMAP_MAYMOVE) = 0x2000", Line("mremap", 0x2000, 0x1000, 4096, 8192, 1, 0x5555));
        Assert.Equal("mremap(0x1000, 4096, 8192, MREMAP_MAYMOVE|MREMAP_FIXED, 0x5555) = 0x2000", Line("mremap", 0x2000, 0x1000, 4096, 8192, 3, 0x5555));
    }

    [Fact]
    public void Lines_ShowSignals()
    {
        ulong action = _memory.PutWords(0x55e8a553bdc0, 0x04000000, 0x7f405311f050, 0);
        ulong ignored = _memory.PutWords(1, 0, 0, 0x4002);
        ulong set = _memory.PutWords(0x4002);
        Assert.Equal("rt_sigaction(SIGCHLD, {sa_handler=0x55e8a553bdc0, sa_mask=[], sa_flags=SA_RESTORER, sa_restorer=0x7f405311f050}, NULL, 8) = 0",
            Line("rt_sigaction", 0, 17, action, 0, 8));
        Assert.Equal("rt_sigaction(SIGINT, NULL, {sa_handler=SIG_IGN, sa_mask=[INT TERM], sa_flags=0}, 8) = 0", Line("rt_sigaction", 0, 2, 0, ignored, 8));
        Assert.Equal("rt_sigprocmask(SIG_SETMASK, [INT TERM], NULL, 8) = 0", Line("rt_sigprocmask", 0, 2, set, 0, 8));
        Assert.Equal("kill(-5, SIGRT_2)                       = 0", Line("kill", 0, unchecked((ulong)-5L), 34));
    }

    [Fact]
    public void Lines_ShowStructures()
    {
        ulong limit = _memory.PutWords(8 << 20, ulong.MaxValue);
        ulong time = _memory.PutWords(0, 10_000_000);
        ulong fds = _memory.PutInts(3, 4);
        Assert.Equal("prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0", Line("prlimit64", 0, 0, 3, 0, limit));
        Assert.Equal("clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=10000000}, 0x7ffd7824f3b0) = 0",
            Line("clock_nanosleep", 0, 0, 0, time, 0x7ffd7824f3b0));
        Assert.Equal("pipe2([3, 4], O_CLOEXEC)                = 0", Line("pipe2", 0, fds, 0x80000));
    }

    [Fact]
    public void Lines_ShowHowChildrenEnded()
    {
        ulong exited = _memory.PutInts(3 << 8), killed = _memory.PutInts(0x8B);
        Assert.Equal("wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], WNOHANG, NULL) = 6447",
            Line("wait4", 6447, ulong.MaxValue, exited, 1, 0));
        Assert.Equal("wait4(5, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], 0, NULL) = 5", Line("wait4", 5, 5, killed, 0, 0));
        Assert.Equal("wait4(-1, 0x99, WNOHANG, NULL)          = -1 ECHILD (No child processes)", Line("wait4", -10, ulong.MaxValue, 0x99, 1, 0));
    }

    [Fact]
    public void Lines_ShowWhatAnInterruptedCallWillDo() =>
        Assert.Equal("pause()                                 = ? ERESTARTNOHAND (To be restarted if no handler)", Line("pause", -514));

    [Fact]
    public void Line_IsCutBeforeTheFirstArgumentThatWaitsForTheResult()
    {
        CallText call = Begin("read", 3, _memory.Put("abc"), 100);
        ByteWriter writer = new();

        int known = CallPrinter.AddBegin(writer, call);

        Assert.Equal((1, "read(3, "), (known, Text(writer)));
        writer.Clear();
        CallPrinter.Leave(call, 3);
        CallPrinter.AddRest(writer, call, known);
        Assert.Equal("\"abc\", 100", Text(writer));
    }

    [Fact]
    public void Rows_HaveOnlyKindsThatExist()
    {
        foreach (SyscallRow row in SyscallTable.Rows)
        {
            CallKinds kinds = CallKinds.Of(row.Kinds);
            Assert.True(kinds.Arguments.Length <= 6, row.Name);
            foreach (CallKind kind in kinds.Arguments)
            {
                Assert.True(KindTable.Exists(kind.Name), $"{row.Name}: {kind.Name}");
                if (kind.Name is "flags" or "enum")
                    Assert.True(NameTable.Exists(kind.Parameter), $"{row.Name}: {kind.Parameter}");
            }
        }
    }

    [Theory]
    [InlineData(0UL, 0L)]
    [InlineData(0x1000UL, 0L)]
    [InlineData(0x1000UL, 5L)]
    [InlineData(0x1000UL, -14L)]
    [InlineData(0x1000UL, -512L)]
    [InlineData(ulong.MaxValue, -22L)]
    [InlineData(0x8000000000000000UL, 1L)]
    public void EveryRow_CanBePrinted_WhateverItsArguments(ulong argument, long result)
    {
        _memory.Put(new byte[4096]);
        foreach (SyscallRow row in SyscallTable.Rows)
        {
            string line = Line(row.Name, result, argument, argument, argument, argument, argument, argument);

            Assert.StartsWith(row.Name + "(", line, StringComparison.Ordinal);
            Assert.Contains(") ", line, StringComparison.Ordinal);
        }
    }

    private const ulong AtCwd = unchecked((ulong)-100L);

    private CallText Begin(string name, params ulong[] arguments)
    {
        Array.Resize(ref arguments, 6);
        SyscallRow row = SyscallTable.Rows.First(row => row.Name == name);
        SyscallArguments args = new(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
        CallText call = new(row, args, _memory.Read);
        CallPrinter.Enter(call);
        return call;
    }

    private string Line(string name, long result, params ulong[] arguments)
    {
        CallText call = Begin(name, arguments);
        CallPrinter.Leave(call, result);
        ByteWriter writer = new();
        CallPrinter.AddRest(writer, call, CallPrinter.AddBegin(writer, call));
        CallPrinter.AddResult(writer, call, 0);
        return Text(writer);
    }

    private static string Text(ByteWriter writer) => Encoding.Latin1.GetString(writer.Written);
}
