using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <content>Texts that everyone hears once.</content>
public sealed partial class OverlayMachine
{
    private readonly RumourLog _rumours;
    private readonly TimeSpan _startedAt;

    /// <summary>What was offered to each neighbour and may be asked for once, so that no small question is answered at length for ever.</summary>
    private readonly Dictionary<NodeId, HashSet<RumourId>> _offered = [];

    private IEnumerable<NodeId> GossipLinks() => _options.IsLarge
        ? _neighbours.Where(neighbour => neighbour.IsLinked).Select(neighbour => neighbour.Id)
        : _linked;

    private void SayToAll(string text)
    {
        if (_rumours.Say(text, _now) is not { } rumour)
        {
            _effects.Add(new TextRefused());
            return;
        }

        _effects.Add(new TextHeard(rumour.Id, text, Self));
        Forward(rumour, Self);
    }

    private void HearText(NodeId from, Rumour rumour)
    {
        if (!_rumours.TryTake(rumour, _now))
            return;

        // What was said before this node started, an earlier life of it has heard or nobody owed it to.
        if (rumour.Age <= _now - _startedAt)
            _effects.Add(new TextHeard(rumour.Id, rumour.Text, from));
        Forward(rumour, from);
    }

    private void Forward(Rumour rumour, NodeId from)
    {
        foreach (var to in GossipLinks())
        {
            if (to != from)
                Say(to, rumour);
        }
    }

    /// <summary>Has one neighbour look whether it missed a text of late.</summary>
    private void CompareTexts()
    {
        List<NodeId> links = [.. GossipLinks()];
        if (links.Count > 0)
            OfferTexts(_dice.Pick(links));
    }

    private void OfferTexts(NodeId to)
    {
        var known = _rumours.Known(_now);
        if (known.Length == 0)
        {
            _offered.Remove(to);
            return;
        }

        _offered[to] = [.. known];
        Say(to, new RumoursKnown(known));
    }

    private void AskForTexts(NodeId from, ImmutableArray<RumourId> known)
    {
        var missed = _rumours.Missed(known);
        if (missed.Length > 0)
            Say(from, new RumoursMissed(missed));
    }

    private void GiveTexts(NodeId to, ImmutableArray<RumourId> missed)
    {
        if (!_offered.TryGetValue(to, out var offered))
            return;
        foreach (var id in missed)
        {
            if (offered.Remove(id) && _rumours.Find(id, _now) is { } rumour)
                Say(to, rumour);
        }
    }
}
