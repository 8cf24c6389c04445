using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <summary>A member that a gossip link is kept with.</summary>
internal sealed class Neighbour(NodeId id)
{
    public NodeId Id { get; } = id;

    /// <summary>Whether this node asked for it.</summary>
    public bool IsChosen { get; set; }

    /// <summary>Whether the neighbour asked for it. It may be both.</summary>
    public bool IsAccepted { get; set; }

    public bool IsLinked { get; set; } = true;

    /// <summary>Probes without an answer in a row.</summary>
    public int Misses { get; private set; }

    /// <summary>How often a witness had to speak for it since it last answered.</summary>
    public int Vouched { get; private set; }

    /// <summary>Its own neighbours, by its word.</summary>
    public ImmutableArray<NodeId> Neighbours { get; set; } = [];

    /// <summary>How often in a row it said that it does not take this node for a neighbour.</summary>
    private int _denials;
    private int _differs;
    private bool _isAsked;

    /// <summary>A round of probing begins: what was not answered by now is a miss, and so is a link that is not there.</summary>
    public void BeginRound()
    {
        if (_isAsked)
            Misses++;
        _isAsked = true;
    }

    public void Answered() => (_isAsked, Misses, Vouched) = (false, 0, 0);

    /// <summary>A witness reaches it: it gets another chance.</summary>
    public void VouchedFor() => (_isAsked, Misses, Vouched) = (false, 0, Vouched + 1);

    /// <summary>Whether it has said twice in a row that this node is no neighbour of it; once may be a word on its way.</summary>
    public bool Denies(bool isNeighbour)
    {
        _denials = isNeighbour ? 0 : _denials + 1;
        return _denials >= 2;
    }

    /// <summary>Compares tables once a round; true when they have differed for so many rounds that news must be lost.</summary>
    public bool DiffersFor(int rounds, bool isSame)
    {
        _differs = isSame ? 0 : _differs + 1;
        return _differs > 0 && _differs % rounds == 0;
    }
}
