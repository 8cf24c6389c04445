namespace P2PNode.Core.Catalogue;

/// <summary>What a node sees of its network when it decides whom to ask for listings.</summary>
/// <param name="Leader">Who leads, perhaps this node itself; null while there is none.</param>
/// <param name="Links">The links that there are, by the node at their other end.</param>
/// <param name="LiveBelow">How many live members have lower IDs than this node.</param>
public sealed record CatalogueSurroundings<TLink>(NodeId? Leader, IReadOnlyDictionary<NodeId, TLink> Links, int LiveBelow)
    where TLink : class;

/// <summary>
/// Whom a node asks for which listing: the leader asks each owner for its own; those who stand in for the leader (its
/// successor, a lower ID that has come back, whoever keeps copies) ask the leader for all. A question stands as long as
/// the link that it went over. Not safe for concurrent use.
/// </summary>
/// <param name="self">The node that asks.</param>
/// <param name="copies">How many of the lowest live IDs keep a copy of everything (design 2.2).</param>
public sealed class CatalogueQuestions<TLink>(NodeId self, int copies)
    where TLink : class
{
    /// <summary>Over which link each owner's listing was asked for.</summary>
    private readonly Dictionary<NodeId, TLink> _asked = [];

    /// <summary>What the leader said that it has, and over which link.</summary>
    private readonly Dictionary<NodeId, ListingPosition> _leaderHas = [];
    private TLink? _leaderSaid;

    /// <summary>Drops the questions that do not stand any more, and says which to ask now, each replica restarted before.</summary>
    public IReadOnlyList<(NodeId Owner, TLink Link)> Review(CatalogueSurroundings<TLink> around)
    {
        var sources = SourcesIn(around);
        foreach (var owner in _asked.Keys.Where(owner => sources.GetValueOrDefault(owner) != _asked[owner]).ToList())
            _asked.Remove(owner);
        var questions = new List<(NodeId, TLink)>();
        foreach (var (owner, link) in sources)
        {
            if (_asked.TryAdd(owner, link))
                questions.Add((owner, link));
        }

        return questions;
    }

    /// <summary>
    /// Whether batches of this owner are asked for over this link. What was asked for under another leadership may still
    /// come, and must not be applied: it would undo what another source has sent since.
    /// </summary>
    public bool Stands(NodeId owner, TLink link) => _asked.GetValueOrDefault(owner) == link;

    /// <summary>
    /// The leader says which listings it has. What it said over another link counts no more, and what comes over a link
    /// that has been replaced is late. Of an owner of which it has nothing yet this node may have more than nothing, and
    /// keeps it: the leader says more when it has more.
    /// </summary>
    public void LeaderHas(
        CatalogueSurroundings<TLink> around, NodeId leader, TLink link, IEnumerable<(NodeId Owner, ListingPosition Position)> listings)
    {
        if (around.Links.GetValueOrDefault(leader) != link)
            return;
        if (_leaderSaid != link)
            _leaderHas.Clear();
        _leaderSaid = link;
        foreach (var (owner, position) in listings.Where(listing => listing.Position != ListingPosition.Start))
        {
            if (_leaderHas.Count < NodeId.MostInNetwork || _leaderHas.ContainsKey(owner))
                _leaderHas[owner] = position;
        }
    }

    /// <summary>Whether this node has all that its leader said to have, and could lead in its place.</summary>
    /// <param name="around">What the node sees.</param>
    /// <param name="completeAt">The position of an owner's list here; null while it is not complete.</param>
    public bool IsCaughtUp(CatalogueSurroundings<TLink> around, Func<NodeId, ListingPosition?> completeAt) =>
        HasWordOfLeader(around)
        && _leaderHas.Where(known => known.Key != self).All(known =>
            _asked.ContainsKey(known.Key)
            && completeAt(known.Key) is { } have
            && have.ListId == known.Value.ListId
            && have.Seq >= known.Value.Seq);

    private IReadOnlyDictionary<NodeId, TLink> SourcesIn(CatalogueSurroundings<TLink> around)
    {
        if (around.Leader == self)
            return around.Links;
        if (!HasWordOfLeader(around) || !StandsInFor(around.Leader!.Value, around.LiveBelow))
            return new Dictionary<NodeId, TLink>();
        return _leaderHas.Keys.Where(owner => owner != self).ToDictionary(owner => owner, _ => _leaderSaid!);
    }

    private bool HasWordOfLeader(CatalogueSurroundings<TLink> around) =>
        around.Leader is { } leader
        && leader != self
        && _leaderSaid is not null
        && around.Links.GetValueOrDefault(leader) == _leaderSaid;

    private bool StandsInFor(NodeId leader, int liveBelow) => self < leader || liveBelow < Math.Max(copies, 2);
}
