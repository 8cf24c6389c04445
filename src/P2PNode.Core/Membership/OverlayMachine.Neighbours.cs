using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <content>Finding neighbours, keeping them, and finding others in their place.</content>
public sealed partial class OverlayMachine
{
    private const int ShuffledMembers = 8;

    private readonly Neighbours _neighbours;
    private readonly PassiveView _passive;
    private readonly Dictionary<NodeId, TimeSpan> _avoided = [];
    private bool _neighboursChanged;
    private TimeSpan _mayRefillAt;

    /// <summary>Whom this node keeps a gossip link with, those that do not answer at the moment included.</summary>
    public ImmutableArray<NodeId> Neighbours => _neighbours.Ids();

    /// <summary>Asks as many members as neighbours are missing.</summary>
    private void Repair()
    {
        for (var missing = _options.Chosen - _neighbours.HealthyChosen - _asking.Count; missing > 0; missing--)
        {
            if (NextCandidate() is not { } id)
                return;
            Ask(id);
        }
    }

    private void Rotate()
    {
        if (_neighbours.HealthyChosen >= _options.Chosen && NextCandidate() is { } id)
            Ask(id);
    }

    private NodeId? NextCandidate()
    {
        if (PickCandidate() is { } known)
            return known;
        if (_now < _mayRefillAt)
            return null;

        // It takes a look at all members, so not too often.
        _mayRefillAt = _now + _options.Patience;
        _passive.Refill(_members.Members.Where(IsCandidate).Select(member => member.Id), _dice);
        return PickCandidate();
    }

    private NodeId? PickCandidate()
    {
        List<NodeId> candidates = [.. _passive.Members.Where(id => _members.TryGet(id, out var member) && IsCandidate(member))];
        return candidates.Count > 0 ? _dice.Pick(candidates) : null;
    }

    /// <summary>Whether a member may become a neighbour: it lives, or nobody has met it yet.</summary>
    private bool IsCandidate(Member member) =>
        (member.State is MemberState.Alive || member.Incarnation == 0)
        && member.Id != Self && _neighbours.Find(member.Id) is null && !_asking.ContainsKey(member.Id)
        && !(_avoided.TryGetValue(member.Id, out var until) && _now < until);

    private void Ask(NodeId id)
    {
        _asking[id] = _now + _options.Patience;
        _linksMayChange = true;
        if (_linked.Contains(id))
            Say(id, new NeighbourRequest(_members.Digest));
    }

    private void GiveUpAsking()
    {
        foreach (var (id, until) in _asking.ToList())
        {
            if (_now < until)
                continue;
            _asking.Remove(id);
            Avoid(id);
        }

        foreach (var (id, until) in _avoided.ToList())
        {
            if (_now >= until)
                _avoided.Remove(id);
        }
    }

    private void Avoid(NodeId id)
    {
        _avoided[id] = _now + _options.Avoidance;
        _passive.Remove(id);
        _linksMayChange = true;
    }

    private void Accept(NodeId from, ulong digest)
    {
        if (_neighbours.Accept(from, _dice) is { } other)
            Part(other.Id);
        Say(from, new NeighbourAnswer(_members.Digest));
        Establish(from, digest);
    }

    private void BeGranted(NodeId from, ulong digest)
    {
        if (!_asking.Remove(from) && _neighbours.Find(from) is not { IsChosen: true })
        {
            Say(from, new Parted());
            return;
        }

        if (_neighbours.Choose(from, _dice) is { } other)
            Part(other.Id);
        Establish(from, digest);
    }

    /// <summary>Two that become neighbours tell each other what the other may have missed.</summary>
    private void Establish(NodeId id, ulong digest)
    {
        (_neighboursChanged, _linksMayChange) = (true, true);
        _fresh.Wake(_now);
        if (_neighbours.Find(id) is { } neighbour)
            neighbour.Answered();
        if (digest != _members.Digest)
            TellTable(id);
        OfferTexts(id);
    }

    private void Part(NodeId id)
    {
        Say(id, new Parted());
        BeParted(id);
    }

    private void BeParted(NodeId id)
    {
        if (!_neighbours.Remove(id))
            return;
        _neighboursChanged = true;
        _suspicions.Remove(id);
        Avoid(id);
    }

    /// <summary>Neighbours of a suspect are asked about it: so each has to know the other's.</summary>
    private void TellNeighbours()
    {
        if (!_neighboursChanged)
            return;
        _neighboursChanged = false;
        var ids = _neighbours.Ids();
        foreach (var neighbour in _neighbours)
        {
            if (neighbour.IsLinked)
                Say(neighbour.Id, new NeighboursAre(ids));
        }
    }

    private void BeginShuffle()
    {
        if (_neighbours.PickHealthy(_dice) is { } neighbour)
            Say(neighbour.Id, new Shuffle(DrawMembers(), IsAnswer: false));
    }

    private void TakeShuffle(NodeId from, Shuffle shuffle)
    {
        if (!shuffle.IsAnswer)
            Say(from, new Shuffle(DrawMembers(), IsAnswer: true));
        HearNews(from, shuffle.Members);
        foreach (var member in shuffle.Members)
        {
            if (member.Id != Self && _members.TryGet(member.Id, out var known) && known.State is MemberState.Alive)
                _passive.Add(member.Id, _dice);
        }
    }

    private ImmutableArray<Member> DrawMembers()
    {
        List<NodeId> some = [.. _passive.Members.Union(_neighbours.Select(neighbour => neighbour.Id))];
        _dice.Draw(some, ShuffledMembers);
        return [.. some.Take(ShuffledMembers).Select(id => _members.TryGet(id, out var member) ? member : null).OfType<Member>()];
    }
}
