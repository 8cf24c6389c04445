namespace P2PNode.Sim.Network;

/// <summary>A connection of two nodes. What is under way when it ends is lost.</summary>
internal sealed class SimLink(SimNode dialler, SimNode listener)
{
    private TimeSpan _lastToDialler;
    private TimeSpan _lastToListener;

    public bool IsOpen { get; set; } = true;

    public SimNode Dialler => dialler;

    public SimNode Listener => listener;

    public SimNode Other(SimNode one) => one == dialler ? listener : dialler;

    /// <summary>When a message arrives that would by itself arrive then: not before those that were sent earlier.</summary>
    public TimeSpan InOrder(SimNode to, TimeSpan arrival)
    {
        ref var last = ref to == dialler ? ref _lastToDialler : ref _lastToListener;
        return last = arrival > last ? arrival : last;
    }
}
