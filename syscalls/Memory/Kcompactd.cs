using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Compacts memory ahead of need, a thread for each node. Linux: <c>kcompactd</c> of mm/compaction.c.</summary>
internal sealed class Kcompactd : IKcompactd
{
    // Linux: HPAGE_FRAG_CHECK_INTERVAL_MSEC
    private const ulong CheckInterval = 500_000_000;

    private readonly NodeThread[] _threads;

    /// <summary>Makes the threads of a machine.</summary>
    public Kcompactd(Kernel kernel)
    {
        _threads = [.. kernel.Memory.Nodes.Select(node => new NodeThread(kernel, node))];
        foreach (NodeThread thread in _threads)
        {
            kernel.Threads.Add(thread);
            thread.Wake();
        }
    }

    /// <inheritdoc/>
    public void Wake(Node node, int order) => _threads[node.Id].WakeFor(order);

    private sealed class NodeThread(Kernel kernel, Node node) : KernelThread(kernel.Threads)
    {
        private int _order;
        private ulong _nextCheck;

        public override string Name => $"kcompactd{node.Id}";

        public void WakeFor(int order)
        {
            _order = Math.Max(_order, order);
            Wake();
        }

        protected override ulong Step(ulong now)
        {
            Compaction compaction = kernel.Memory.Compaction;
            if (_order != 0)
                compaction.CompactNodeForOrder(node, _order);
            _order = 0;
            if (now < _nextCheck)
                return _nextCheck;
            if (_nextCheck != 0)
                compaction.CompactProactively(node);
            return _nextCheck = now + CheckInterval;
        }
    }
}
