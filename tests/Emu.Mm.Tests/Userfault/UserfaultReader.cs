namespace Emu.Mm.Tests;

/// <summary>Reads a userfaultfd in place of a thread: it is asked whenever somebody would sleep.</summary>
internal sealed class UserfaultReader : IFaultWait
{
    private readonly Action<UserfaultContext, UserfaultMessage> _serve;

    public UserfaultReader(TestMachine machine, UserfaultFeatures features, Action<UserfaultContext, UserfaultMessage> serve, bool userModeOnly = false)
    {
        _serve = serve;
        Context = new UserfaultContext(machine.Mm, userModeOnly);
        Assert.Equal(0, Context.Initialise(features, mayFork: true));
        machine.Manager.FaultWait = this;
    }

    public UserfaultContext Context { get; }

    public List<UserfaultMessage> Messages { get; } = [];

    public UserfaultContext? Child { get; private set; }

    public bool Wait(UserfaultWait wait)
    {
        for (int round = 0; !wait.IsWoken && round < 10; round++)
        {
            while (wait.Context.TryRead(out UserfaultMessage message, out UserfaultContext? child))
            {
                Child = child ?? Child;
                Messages.Add(message);
                _serve(wait.Context, message);
            }
        }
        wait.Finish();
        return wait.IsWoken;
    }

    public void Wake(UserfaultWait wait)
    {
    }
}
