using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <content>What is known of members, and telling it.</content>
public sealed partial class OverlayMachine
{
    /// <summary>So many rows stay below the limit of a frame, though each host and name had all the bytes that it may have.</summary>
    private const int MostRows = 50;

    private readonly FreshNews _fresh;

    /// <summary>Who is gone, in which life, and since when this node knows.</summary>
    private readonly Dictionary<NodeId, (long Life, TimeSpan Since)> _goneSince = [];

    private void Learn(ImmutableArray<Member> told)
    {
        HearNews(from: null, told);
        foreach (var member in told)
        {
            if (member.Id != Self && _members.TryGet(member.Id, out var known) && IsCandidate(known))
                _passive.Add(member.Id, _dice);
        }

        if (_options.IsLarge)
            Repair();
    }

    private void HearNews(NodeId? from, ImmutableArray<Member> told)
    {
        foreach (var change in _members.HearOfTheLiving(told))
            Note(change, from);

        // It may be no neighbour, and an earlier life that is over may be all that it knows.
        if (from is { } accuser && told.Any(member => member.Id == Self && member.State is not MemberState.Alive))
            Say(accuser, new MemberNews([_members.Self]));

        // Whoever speaks of itself as others did before its death has to hear of that.
        if (from is { } sender && told.FirstOrDefault(member => member.Id == sender) is { } word
            && _members.TryGet(sender, out var known) && (known.Incarnation > word.Incarnation || known.State > word.State))
            Say(sender, new MemberNews([known]));
        if (from is { } teller)
            TellOfFormerLives(teller, told);
    }

    /// <summary>Who takes for living whom this node has forgotten was away all that time.</summary>
    private void TellOfFormerLives(NodeId to, ImmutableArray<Member> told)
    {
        var over = told.Where(member => member.State < MemberState.Dead && member.Incarnation <= _members.LastLifeOf(member.Id) && !_members.TryGet(member.Id, out _));
        foreach (var chunk in over.Chunk(MostRows))
            Say(to, new MemberNews([.. chunk.Select(member => member with { Incarnation = _members.LastLifeOf(member.Id), State = MemberState.Dead })]));
    }

    /// <summary>Does what follows from a change of a member's row.</summary>
    /// <param name="change">Null where nothing changed.</param>
    /// <param name="from">Who need not be told.</param>
    /// <param name="isNews">Whether others would take it: not where this node meets one whom all others take for dead.</param>
    private void Note(MemberChange? change, NodeId? from, bool isNews = true)
    {
        if (change is null)
            return;
        _effects.Add(new MemberChanged(change));
        var member = change.After;
        if (member.Id == Self)
        {
            _effects.Add(new PersistIncarnation(member.Incarnation));
            _fresh.Add(Self, from: null, _now);
            return;
        }

        if (isNews)
            _fresh.Add(member.Id, from, _now);
        if (member.State is MemberState.Alive)
            Revive(change);
        else
            Bury(member);
    }

    private void Revive(MemberChange change)
    {
        var id = change.After.Id;
        _graves.Remove(id);
        _goneSince.Remove(id);
        _missed.Remove(id);
        if (_suspicions.ContainsKey(id))
            Spare(id);
        if (change.Before?.State is not MemberState.Alive)
            _passive.Add(id, _dice);
    }

    private void Bury(Member member)
    {
        var id = member.Id;
        _passive.Remove(id);

        // One that answers all the same has to hear of it, and speak up; it may be no neighbour.
        if (_options.IsLarge && _linked.Contains(id))
            Say(id, new MemberNews([member]));
        if (member.State is not MemberState.Left)
            _graves.Add(id, _now, _dice);
        if (member.State is MemberState.Suspect)
            return;

        var wasMissed = _suspicions.Remove(id) | _missed.Remove(id, out _);
        if (wasMissed && member.State is MemberState.Dead)
            _effects.Add(new ReportDeath(id, member.Incarnation));

        if (_neighbours.Find(id) is { } neighbour && !_neighbours.IsHealthy(neighbour))
            BeParted(id);
        _linksMayChange = true;
    }

    /// <summary>
    /// Otherwise a network whose members come and go would one day have no room for newcomers. Who is linked
    /// with nobody forgets nobody: that all others are gone may be its own fault, and it has to find them again.
    /// </summary>
    private void ForgetLongGone()
    {
        if (_linked.Count == 0)
        {
            _goneSince.Clear();
            return;
        }

        foreach (var id in _members.Gone)
        {
            var life = _members.LastLifeOf(id);
            if (!_goneSince.TryGetValue(id, out var gone) || gone.Life != life)
            {
                _goneSince[id] = (life, _now);
            }
            else if (_now - gone.Since > _options.Remember && _members.Forget(id))
            {
                _goneSince.Remove(id);
                _graves.Remove(id);
                _rumours.Forget(id);
                _effects.Add(new MemberForgotten(id));
            }
        }
    }

    /// <summary>Tells the neighbours what changed of late, each without what it said itself.</summary>
    private void TellNews()
    {
        TellNeighbours();
        var fresh = _fresh.TakeAll();
        if (fresh.Count == 0)
            return;
        foreach (var to in GossipLinks())
            TellRows(to, fresh.Where(news => news.Value != to).Select(news => news.Key));
    }

    private void TellTable(NodeId to) => TellRows(to, _members.Members.Select(member => member.Id));

    private void TellRows(NodeId to, IEnumerable<NodeId> ids)
    {
        foreach (var chunk in ids.Select(id => _members.TryGet(id, out var member) ? member : null).OfType<Member>().Chunk(MostRows))
            Say(to, new MemberNews([.. chunk]));
    }
}
