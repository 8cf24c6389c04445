namespace P2PNode.Core.Membership;

/// <summary>
/// Who announced itself on the local network, and whom of these to dial next. Anybody may say anything there: the table
/// is bounded, forgets soon, and spends its few dials on the hosts that lied least. Not safe for concurrent use.
/// </summary>
public sealed class CandidateTable
{
    public const int Most = 4_096;

    /// <summary>Of one host: it may run many nodes, but not push out all others.</summary>
    public const int MostOfOneHost = 256;

    public const int DialsPerSecond = 4;

    /// <summary>Who is not heard for so long is forgotten.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);

    /// <summary>Who failed to answer is tried again after this, then after twice as long each time.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>
    /// All members hear a newcomer at the same time. Each waits up to so long for each member there is, so that most of
    /// them learn of it from the leader before they dial, and at most <see cref="LongestSpread"/>.
    /// </summary>
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan LongestSpread = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BudgetWindow = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(NodeId Id, NodeAddress Address), Candidate> _candidates = [];
    private readonly Dictionary<string, Host> _hosts = [];

    /// <summary>The last dials, the oldest first.</summary>
    private readonly Queue<TimeSpan> _dials = new();

    public int Count => _candidates.Count;

    public IReadOnlyCollection<Candidate> Candidates => _candidates.Values;

    /// <summary>Takes in an announcement.</summary>
    /// <param name="said">What it says.</param>
    /// <param name="host">Where it came from.</param>
    /// <param name="members">How many members are known.</param>
    /// <param name="at">When it was heard.</param>
    /// <returns>Whether somebody may be to dial who was not before.</returns>
    public bool Hear(Announcement said, string host, int members, Moment at)
    {
        var address = new NodeAddress(host, said.Port);
        if (_candidates.TryGetValue((said.Id, address), out var candidate) && candidate.Said.Instance == said.Instance)
        {
            if (said.SaidAt < candidate.Said.SaidAt)
                return false;
            (candidate.Said, candidate.HeardAt) = (said, at.Now);
            return false;
        }

        if (candidate is null && (candidate = TryAdd(said.Id, address, at.Now)) is null)
            return false;
        (candidate.Said, candidate.HeardAt, candidate.IsVerified, candidate.Failures) = (said, at.Now, false, 0);
        candidate.DueAt = at.Now + at.Luck * Lesser(members * Spread, LongestSpread);
        return true;
    }

    /// <summary>Forgets whom nobody can reach any more: it said goodbye.</summary>
    public void Forget(NodeId id)
    {
        foreach (var candidate in _candidates.Values.Where(candidate => candidate.Id == id).ToList())
            Remove(candidate);
    }

    /// <summary>Whether to dial somebody who was heard, for what is known of it: it is new, lost, or has moved.</summary>
    public bool IsSought(Candidate candidate, Member? known, bool isLinked)
    {
        if (isLinked)
            return false;
        if (known is not { State: MemberState.Alive } || candidate.Said.Incarnation > known.Incarnation)
            return true;
        return !candidate.IsVerified && !IsHeardAt(new NodeAddress(known.Host, known.Port), candidate.Said);
    }

    /// <summary>Takes the next one to dial; answer with <see cref="Linked"/> or <see cref="Failed"/>.</summary>
    /// <param name="isSought">Says so of each, with <see cref="IsSought"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="wakeAt">When there is one no earlier, as far as is known.</param>
    /// <returns>Null where there is none now.</returns>
    public Candidate? TakeDue(Func<Candidate, bool> isSought, TimeSpan now, out TimeSpan wakeAt)
    {
        foreach (var expired in _candidates.Values.Where(candidate => now - candidate.HeardAt >= Expiry && !candidate.IsDialled).ToList())
            Remove(expired);
        var sought = _candidates.Values.Where(candidate => !candidate.IsDialled && isSought(candidate)).ToList();
        wakeAt = sought.Count > 0 ? sought.Min(candidate => candidate.DueAt) : TimeSpan.MaxValue;
        if (wakeAt > now)
            return null;
        if (_dials.Count == DialsPerSecond && now - _dials.Peek() < BudgetWindow)
        {
            wakeAt = _dials.Peek() + BudgetWindow;
            return null;
        }

        if (_dials.Count == DialsPerSecond)
            _dials.Dequeue();
        _dials.Enqueue(now);
        var next = sought.Where(candidate => candidate.DueAt <= now)
            .MinBy(candidate => (_hosts[candidate.Address.Host].Failures, candidate.DueAt))!;
        next.IsDialled = true;
        return next;
    }

    /// <summary>There is a link with it, or was one already.</summary>
    public void Linked(Candidate candidate)
    {
        (candidate.IsDialled, candidate.IsVerified, candidate.Failures) = (false, true, 0);
        if (_hosts.TryGetValue(candidate.Address.Host, out var host))
            host.Failures = 0;
    }

    public void Failed(Candidate candidate, TimeSpan now)
    {
        candidate.IsDialled = false;
        candidate.IsVerified = false;
        candidate.DueAt = now + Lesser(FirstPause * Math.Pow(2, Math.Min(candidate.Failures++, 10)), LongestPause);
        if (_hosts.TryGetValue(candidate.Address.Host, out var host))
            host.Failures++;
    }

    /// <summary>
    /// Whether the same process was heard at an address in the same breath: then it has several, of which one does.
    /// What it said earlier there may be where it was before it moved.
    /// </summary>
    private bool IsHeardAt(NodeAddress address, Announcement said) =>
        _candidates.TryGetValue((said.Id, address), out var other) && other.Said.Instance == said.Instance && other.Said.SaidAt >= said.SaidAt;

    /// <summary>Null where the host has as many as it may.</summary>
    private Candidate? TryAdd(NodeId id, NodeAddress address, TimeSpan now)
    {
        if (!_hosts.TryGetValue(address.Host, out var host))
            _hosts.Add(address.Host, host = new Host());
        if (host.Candidates == MostOfOneHost)
            return null;
        host.Candidates++;
        var candidate = new Candidate(id, address) { HeardAt = now };
        _candidates.Add((id, address), candidate);
        if (_candidates.Count > Most)
            Remove(_candidates.Values.Where(other => other != candidate).MinBy(other => other.HeardAt)!);
        return candidate;
    }

    private void Remove(Candidate candidate)
    {
        if (!_candidates.Remove((candidate.Id, candidate.Address)))
            return;
        if (--_hosts[candidate.Address.Host].Candidates == 0)
            _hosts.Remove(candidate.Address.Host);
    }

    private static TimeSpan Lesser(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed class Host
    {
        public int Candidates { get; set; }

        public int Failures { get; set; }
    }
}
