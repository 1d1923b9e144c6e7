namespace Emu.Mm;

/// <summary>An access, or an operation on mappings, that waits for whoever reads a userfaultfd. Linux: <c>struct userfaultfd_wait_queue</c>.</summary>
/// <remarks>Lock: the kernel lock, which the waiter gives up while it sleeps.</remarks>
public sealed class UserfaultWait
{
    internal UserfaultWait(UserfaultContext context, in UserfaultMessage message, ulong address)
    {
        Context = context;
        Message = message;
        Address = address;
    }

    /// <summary>Whose message it is.</summary>
    public UserfaultContext Context { get; }

    /// <summary>Whether it may go on.</summary>
    public bool IsWoken { get; internal set; }

    /// <summary>Whether the reader has the message.</summary>
    internal bool IsRead { get; set; }

    /// <summary>Whatever the waiter keeps here to be found by <see cref="IFaultWait.Wake"/>.</summary>
    public object? Sleeper { get; set; }

    /// <summary>What is told.</summary>
    internal UserfaultMessage Message { get; }

    /// <summary>Page that the access wants.</summary>
    internal ulong Address { get; }

    /// <summary>The child's, for <see cref="UserfaultEvent.Fork"/>.</summary>
    internal UserfaultContext? Child { get; init; }

    /// <summary>It does not wait any more, woken or not: nobody is to be told of it. Linux: the end of <c>handle_userfault</c>.</summary>
    public void Finish() => Context.Forget(this);
}

/// <summary>Lets a task sleep in a fault. Owned by mm, implemented by whoever runs tasks.</summary>
public interface IFaultWait
{
    /// <summary>Sleeps until <see cref="UserfaultWait.IsWoken"/>, with no lock of mm held, and calls <see cref="UserfaultWait.Finish"/>.</summary>
    /// <param name="wait">What for.</param>
    /// <returns>Whether to go on; not if the task is to die.</returns>
    bool Wait(UserfaultWait wait);

    /// <summary>Wakes who sleeps there.</summary>
    void Wake(UserfaultWait wait);
}

/// <summary>The open file of a userfaultfd. Owned by mm, implemented by the file layer.</summary>
public interface IUserfaultFile
{
    /// <summary>There is something to read: who polls or reads is to be woken. Linux: <c>wake_up_poll(&amp;ctx->fd_wqh, EPOLLIN)</c>.</summary>
    void OnMessage();
}
