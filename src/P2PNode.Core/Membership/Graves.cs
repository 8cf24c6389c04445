namespace P2PNode.Core.Membership;

/// <summary>
/// Some of the members that are gone, to be dialled now and then. Each node keeps a few at random; together the nodes
/// of a large part keep all of the other one.
/// </summary>
internal sealed class Graves(TimeSpan remember)
{
    private const int Most = 64;

    private readonly List<(NodeId Id, TimeSpan Since)> _gone = [];

    /// <summary>How many were added when a place had to be found: later ones must not have a better chance.</summary>
    private int _seen;

    public void Add(NodeId id, TimeSpan now, Dice dice)
    {
        Remove(id);
        _seen++;
        if (_gone.Count < Most)
            _gone.Add((id, now));
        else if (dice.Below(_seen) is var place && place < Most)
            _gone[place] = (id, now);
    }

    public void Remove(NodeId id)
    {
        _gone.RemoveAll(grave => grave.Id == id);
        if (_gone.Count < Most)
            _seen = _gone.Count;
    }

    public NodeId? Pick(TimeSpan now, Dice dice)
    {
        _gone.RemoveAll(grave => now - grave.Since > remember);
        return _gone.Count > 0 ? dice.Pick(_gone).Id : null;
    }
}
