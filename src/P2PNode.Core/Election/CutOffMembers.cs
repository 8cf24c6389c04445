namespace P2PNode.Core.Election;

/// <summary>
/// Members that look for a leader and cannot reach this one, by the reports of followers that both sides reach. A clean
/// partition brings no reports, so each of its sides keeps a leader.
/// </summary>
internal sealed class CutOffMembers(ElectionOptions options, ElectionRules rules)
{
    private readonly Dictionary<NodeId, TimeSpan> _reports = [];
    private TimeSpan? _tooManySince;
    private TimeSpan? _asideUntil;

    public void Report(NodeId member, TimeSpan now) => _reports[member] = now;

    /// <summary>For a leader: since when there have been as many reported as reached, if there are.</summary>
    public TimeSpan? TooManySince(Peers peers, TimeSpan now)
    {
        if (_reports.Count == 0)
            return null;
        foreach (var (member, at) in _reports.ToList())
        {
            if (now - at > options.Silence || peers.Reaches(member, now))
                _reports.Remove(member);
        }

        var tooMany = rules.MustStandAside(1 + peers.Linked.Count(peer => peers.Reaches(peer.Id, now)), _reports.Count);
        return _tooManySince = tooMany ? _tooManySince ?? now : null;
    }

    public void StandAside(TimeSpan now) => (_asideUntil, _tooManySince) = (now + options.LongestHoldDown, null);

    /// <summary>
    /// Whether the former leader still stands aside: until it has links with enough of those that could not reach it,
    /// or with nobody, so that nobody is served by its patience; not for ever, as they may be gone for good.
    /// </summary>
    public bool KeepAside(Peers peers, TimeSpan now)
    {
        if (_asideUntil is not { } until)
            return false;
        var linked = peers.Linked.Count();
        var unreached = _reports.Keys.Count(member => peers.LinkedWith(member) is null);
        if (now < until && linked > 0 && rules.MustStandAside(1 + linked, unreached))
            return true;
        Forget();
        return false;
    }

    public void Forget()
    {
        _reports.Clear();
        (_tooManySince, _asideUntil) = (null, null);
    }
}
