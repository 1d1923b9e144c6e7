using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Reclaims ahead of need, a thread for each node. Linux: <c>kswapd</c> of mm/vmscan.c.</summary>
internal sealed class Kswapd : IKswapd
{
    private readonly NodeThread[] _threads;

    /// <summary>Makes the threads of a machine.</summary>
    public Kswapd(Kernel kernel)
    {
        _threads = [.. kernel.Memory.Nodes.Select(node => new NodeThread(kernel, node))];
        foreach (NodeThread thread in _threads)
            kernel.Threads.Add(thread);
    }

    /// <inheritdoc/>
    public void Wake(Node node, int order) => _threads[node.Id].WakeFor(order);

    private sealed class NodeThread(Kernel kernel, Node node) : KernelThread(kernel.Threads)
    {
        private int _order;

        public override string Name => $"kswapd{node.Id}";

        public void WakeFor(int order)
        {
            _order = Math.Max(_order, order);
            Wake();
        }

        protected override ulong Step(ulong now)
        {
            int order = _order;
            _order = 0;
            _ = kernel.Memory.Vmscan.BalanceNode(node, order); // whoever still finds too little wakes it again
            return Scheduler.Never;
        }
    }
}
