using System.Collections;
using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <summary>
/// The active view: the few that this node chose and the more that chose this node (HyParView: Leitão, Pereira and
/// Rodrigues, DSN 2007).
/// </summary>
internal sealed class Neighbours(OverlayOptions options) : IEnumerable<Neighbour>
{
    /// <summary>In the order of their coming, so that a run can be repeated.</summary>
    private readonly List<Neighbour> _all = [];

    public int Count => _all.Count;

    /// <summary>Those that this node chose and that answer.</summary>
    public int HealthyChosen
    {
        get
        {
            var count = 0;
            foreach (var neighbour in _all)
                count += neighbour.IsChosen && IsHealthy(neighbour) ? 1 : 0;
            return count;
        }
    }

    public Neighbour? Find(NodeId id)
    {
        foreach (var neighbour in _all)
        {
            if (neighbour.Id == id)
                return neighbour;
        }

        return null;
    }

    public bool IsHealthy(Neighbour neighbour) => neighbour.IsLinked && neighbour.Misses < options.Misses;

    /// <summary>A member granted it; returns the one that has to part for it, if any.</summary>
    public Neighbour? Choose(NodeId id, Dice dice)
    {
        FindOrAdd(id).IsChosen = true;
        return HealthyChosen > options.Chosen
            ? dice.Pick([.. _all.Where(other => other.Id != id && other.IsChosen && IsHealthy(other))])
            : null;
    }

    /// <summary>A member asks for it, which is always granted; returns the one that has to part for it, if any.</summary>
    public Neighbour? Accept(NodeId id, Dice dice)
    {
        FindOrAdd(id).IsAccepted = true;
        return _all.Count(other => other.IsAccepted) > options.Accepted
            ? dice.Pick([.. _all.Where(other => other.Id != id && other.IsAccepted)])
            : null;
    }

    public bool Remove(NodeId id) => Find(id) is { } neighbour && _all.Remove(neighbour);

    public ImmutableArray<NodeId> Ids() => [.. _all.Select(neighbour => neighbour.Id)];

    public Neighbour? PickHealthy(Dice dice) => dice.Pick([.. _all.Where(IsHealthy)]);

    public List<Neighbour>.Enumerator GetEnumerator() => _all.GetEnumerator();

    IEnumerator<Neighbour> IEnumerable<Neighbour>.GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _all.GetEnumerator();

    private Neighbour FindOrAdd(NodeId id)
    {
        if (Find(id) is { } known)
            return known;
        var neighbour = new Neighbour(id);
        _all.Add(neighbour);
        return neighbour;
    }
}
