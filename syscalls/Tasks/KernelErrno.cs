namespace Emu.Syscalls;

/// <summary>Error numbers that never reach a program. Linux: include/linux/errno.h.</summary>
internal static class KernelErrno
{
    /// <summary>A signal came; the call begins anew if the signal's action says so, else it gives EINTR.</summary>
    public const int ERESTARTSYS = 512;

    /// <summary>A signal came; the call begins anew in any case.</summary>
    public const int ERESTARTNOINTR = 513;

    /// <summary>A signal came; the call begins anew only if no handler runs.</summary>
    public const int ERESTARTNOHAND = 514;

    /// <summary>A signal came; the call goes on by restart_syscall.</summary>
    public const int ERESTART_RESTARTBLOCK = 516;
}
