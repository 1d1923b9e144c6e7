using System.Text;
using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>Small programs without a libc, each made once.</summary>
internal static class Programs
{
    private const string Exit = "mov $231, %eax\n syscall\n";

    private static readonly Lazy<ScratchFolder> Folder = new(static () =>
    {
        ScratchFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    });

    /// <summary>Writes its arguments, each in brackets, and ends with status 3.</summary>
    public static string Arguments { get; } = Make("arguments", """
        mov (%rsp), %r12
        lea 8(%rsp), %r13
        1: mov (%r13), %rsi
        test %rsi, %rsi
        jz 3f
        xor %edx, %edx
        2: cmpb $0, (%rsi,%rdx)
        je 4f
        inc %rdx
        jmp 2b
        4: push %rsi
        push %rdx
        lea open(%rip), %rsi
        call write1
        pop %rdx
        pop %rsi
        call write
        lea close(%rip), %rsi
        call write1
        add $8, %r13
        jmp 1b
        3: mov $3, %edi
        """ + "\n" + Exit + """
        write1: mov $1, %edx
        write: mov $1, %eax
        mov $1, %edi
        syscall
        ret
        .data
        open: .ascii "["
        close: .ascii "]"
        """);

    /// <summary>Writes to address 0x1234.</summary>
    public static string Crash { get; } = Make("crash", """
        mov $0x1234, %ebx
        .globl stumble
        .type stumble, @function
        stumble: movl $1, (%rbx)
        .size stumble, . - stumble
        """);

    /// <summary>Runs for ever.</summary>
    public static string Loop { get; } = Make("loop", "1: jmp 1b");

    /// <summary>Writes a line and waits for a signal.</summary>
    public static string Pause { get; } = Make("pause", """
        mov $1, %eax
        mov $1, %edi
        lea text(%rip), %rsi
        mov $8, %edx
        syscall
        1: mov $34, %eax
        syscall
        jmp 1b
        text: .ascii "waiting\n"
        """);

    /// <summary>Writes a line and runs for ever.</summary>
    public static string Busy { get; } = Make("busy", """
        mov $1, %eax
        mov $1, %edi
        lea text(%rip), %rsi
        mov $8, %edx
        syscall
        1: jmp 1b
        text: .ascii "waiting\n"
        """);

    /// <summary>Handles SIGTERM, waits for it, and ends with status 9.</summary>
    public static string Handler { get; } = Make("handler", """
        mov $13, %eax
        mov $15, %edi
        lea action(%rip), %rsi
        xor %edx, %edx
        mov $8, %r10d
        syscall
        mov $1, %eax
        mov $1, %edi
        lea text(%rip), %rsi
        mov $8, %edx
        syscall
        1: mov $34, %eax
        syscall
        jmp 1b
        text: .ascii "waiting\n"
        handle: mov $9, %edi
        """ + "\n" + Exit + """
        .data
        action: .quad handle, 0x04000000, handle, 0
        """);

    /// <summary>Turns echo and lines of the terminal on standard input off, writes a line and waits for a signal.</summary>
    public static string Raw { get; } = Make("raw", """
        mov $16, %eax
        xor %edi, %edi
        mov $0x5401, %esi
        lea attributes(%rip), %rdx
        syscall
        movl $0, 12(%rdx)
        mov $16, %eax
        mov $0x5402, %esi
        syscall
        mov $1, %eax
        mov $1, %edi
        lea text(%rip), %rsi
        mov $8, %edx
        syscall
        1: mov $34, %eax
        syscall
        jmp 1b
        text: .ascii "waiting\n"
        .bss
        attributes: .skip 64
        """);

    /// <summary>Ends with status 0.</summary>
    public static string Nothing { get; } = Make("nothing", "xor %edi, %edi\n" + Exit);

    private static string Make(string name, string code)
    {
        Folder.Value.Put(name + ".s", Encoding.ASCII.GetBytes($".globl _start\n_start:\n{code}\n"));
        string[] arguments = ["-nostdlib", "-static", "-Wl,--build-id=none", "-o", name, name + ".s"];
        ProcessResult result = ProcessRunner.Run(new ProcessRequest(Tools.Require("gcc"), arguments) { Folder = Folder.Value.Root });
        Assert.True(result.Status == 0, result.ErrorText);
        return Path.Combine(Folder.Value.Root, name);
    }
}
