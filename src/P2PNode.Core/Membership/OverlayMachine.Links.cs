namespace P2PNode.Core.Membership;

/// <content>Links that come and go, and which of them this node wants.</content>
public sealed partial class OverlayMachine
{
    /// <summary>Members that are asked to be neighbours, and until when they may answer.</summary>
    private readonly Dictionary<NodeId, TimeSpan> _asking = [];

    /// <summary>Members that are dialled to see how they are, until when, and whether they are gone as far as is known.</summary>
    private readonly Dictionary<NodeId, (TimeSpan Until, bool IsGone)> _visits = [];

    private HashSet<NodeId> _wanted = [];
    private HashSet<NodeId> _used = [];
    private bool _linksMayChange;

    private void Link(Member peer)
    {
        var id = peer.Id;
        _linksMayChange = true;
        _linked.Add(id);
        Meet(peer);
        var neighbour = _neighbours.Find(id);
        if (neighbour is not null)
            neighbour.IsLinked = true;
        AnswerInquiries(id, lives: true);
        AskWitnessAt(id);
        if (_visits.Remove(id, out var visit) && visit.IsGone)
            Ask(id);
        else if (_asking.ContainsKey(id) || neighbour is { IsChosen: true })
            Say(id, new NeighbourRequest(_members.Digest));
        else if (!_options.IsLarge)
            OfferTexts(id);
    }

    /// <summary>It speaks, so it lives; where others take it for gone it has to hear that, so that it speaks up.</summary>
    private void Meet(Member peer)
    {
        var known = _members.TryGet(peer.Id, out var row) ? row : null;
        var before = known ?? peer with { Incarnation = _members.LastLifeOf(peer.Id), State = MemberState.Dead };
        var isNews = peer.Incarnation > before.Incarnation || (known is null && before.Incarnation == 0);
        Note(_members.Meet(peer), peer.Id, isNews);
        if (_options.IsLarge && !isNews && (before.State is not MemberState.Alive || before.Incarnation > peer.Incarnation))
            Say(peer.Id, new MemberNews([before]));
    }

    private void Unlink(NodeId id, LinkFate fate)
    {
        _linksMayChange = true;
        var wasLinked = _linked.Remove(id);
        _offered.Remove(id);
        if (!_options.IsLarge)
            return;
        var neighbour = _neighbours.Find(id);
        if (neighbour is not null)
            neighbour.IsLinked = false;
        switch (fate)
        {
            case LinkFate.Goodbye:
                Note(_members.Miss(id, MemberState.Left), from: null);
                break;
            case LinkFate.NotNeeded when neighbour is { IsChosen: false }:
                _neighbours.Remove(id);
                _neighboursChanged = true;
                break;
            case LinkFate.Refused:
                BeRefused(id, neighbour);
                break;
        }

        if (!wasLinked || fate is LinkFate.Goodbye)
            FailToReach(id);
    }

    /// <summary>A dial failed: whoever was asked for something is not waited for.</summary>
    private void FailToReach(NodeId id)
    {
        if (_asking.Remove(id))
        {
            Avoid(id);
            Repair();
        }

        foreach (var suspicion in _suspicions.Values.Where(suspicion => suspicion.Witness == id).ToList())
            AskNextWitness(suspicion);
    }

    private void BeRefused(NodeId id, Neighbour? neighbour)
    {
        AnswerInquiries(id, lives: false);
        if (_visits.Remove(id) || neighbour is not null)
            Miss(id);
    }

    /// <summary>Derives from what is under way which members must be linked, and which links have lost their use.</summary>
    private void ReviewLinks()
    {
        if (!_linksMayChange || !_options.IsLarge)
            return;
        _linksMayChange = false;

        var wanted = new HashSet<NodeId>(_asking.Keys);
        wanted.UnionWith(_visits.Keys);
        foreach (var inquiry in _inquiries)
            wanted.Add(inquiry.Suspect);
        foreach (var suspicion in _suspicions.Values)
        {
            if (suspicion.Witness is { } witness)
                wanted.Add(witness);
        }

        var used = new HashSet<NodeId>(wanted);
        foreach (var neighbour in _neighbours)
        {
            used.Add(neighbour.Id);
            if (neighbour.IsChosen || !neighbour.IsLinked)
                wanted.Add(neighbour.Id);
        }

        if (!wanted.SetEquals(_wanted))
            _effects.Add(new WantLinks(_wanted = wanted));
        foreach (var id in _used)
        {
            if (!used.Contains(id) && _linked.Contains(id))
                _effects.Add(new LinkUnused(id));
        }

        _used = used;
    }
}
