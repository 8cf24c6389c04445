using P2PNode.Core.Membership;

namespace P2PNode.Sim.Network;

internal enum SimEventKind
{
    /// <summary>A node's clock has reached what it waits for.</summary>
    Wake,

    /// <summary>An input reaches a node.</summary>
    Input,

    /// <summary>A message reaches the other end of its link.</summary>
    Arrival,

    /// <summary>A node dials.</summary>
    Dial,

    /// <summary>A dial gets through.</summary>
    Connect,

    /// <summary>A link is given up, as nothing has come over it for long.</summary>
    GiveUp,

    /// <summary>Something that the run's script wants.</summary>
    Script,
}

/// <summary>One thing that will happen. A struct, as there are hundreds of thousands of them in a simulated second.</summary>
internal readonly record struct SimEvent(SimEventKind Kind, SimNode? Node, SimLink? Link = null, object? What = null, int Number = 0)
{
    public OverlayInput Input => (OverlayInput)What!;

    public OverlayMessage Message => (OverlayMessage)What!;
}
