namespace P2PNode.Core.Election;

/// <content>Rules 3 and 4: who stands when, who objects, and the claim.</content>
public sealed partial class ElectionMachine
{
    private Candidacy? _candidacy;
    private long _rounds;

    private void Stand(NodeId? lastLeader)
    {
        (Role, Leader) = (Role.Electing, null);
        _peers.SeekAnew(_now);
        _candidacy = new Candidacy(_now, Jitter(_options.Stagger / 2), lastLeader);
    }

    /// <summary>Peers that had no room of late and speak against this node, ascending.</summary>
    private IEnumerable<Peer> FullOfBetter => _peers.Where(peer =>
        peer is { End: LinkEnd.Full }
        && _now - peer.EndedAt < _options.FullCounts
        && (peer.Id < Self || (peer.Follows is { } leader && leader != Self)));

    private NodeId? LeaderHeardByTheFull => FullOfBetter.Select(peer => peer.Follows).Where(leader => leader != Self).Min();

    private void Campaign(Candidacy candidacy)
    {
        if (_rules.HeedsTheFull && FullOfBetter.Any())
        {
            candidacy.Round = null;
            return;
        }

        if (candidacy.Round is null && (!Due(_mayClaimAt) || !Due(candidacy.StandsAt(Rank(candidacy), _options))))
            return;

        var round = candidacy.Round ??= new PreVoteRound(++_rounds, _now);
        AskPeers(candidacy, round);
        var isAnswered = !_peers.Any(peer => IsAwaited(peer, candidacy, round));
        if (_rules.AsksBeforeClaiming && !isAnswered && !Due(round.OpenedAt + _options.AskingTime))
            return;

        // A node that stands aside asks on, as that is how a leader that cannot reach it learns of it.
        if (_cutOff.KeepAside(_peers, _now))
            candidacy.Wait(_now + _options.Heartbeat);
        else
            MakeClaim();
    }

    /// <summary>How many lower IDs may stand before this one.</summary>
    private int Rank(Candidacy candidacy) => _peers.Count(peer => peer.Id < Self && (
        !_rules.RanksLiveOnly
        || _peers.Reaches(peer.Id, _now)
        || IsBeingDialled(peer)));

    /// <summary>Whether it is still open if a link to the peer comes about; an attempt is given one heartbeat.</summary>
    private bool IsBeingDialled(Peer peer) =>
        peer.IsOpen && peer.SoughtSince is { } since && !Due(since + _options.Heartbeat);

    private bool IsAwaited(Peer peer, Candidacy candidacy, PreVoteRound round) => peer.IsLinked
        ? round.Awaits(peer.Id)
        : (round.HasRoom || MustBeAsked(peer, candidacy)) && IsBeingDialled(peer);

    private bool MustBeAsked(Peer peer, Candidacy candidacy) => peer.Id < Self || peer.Id == candidacy.LastLeader;

    private void AskPeers(Candidacy candidacy, PreVoteRound round)
    {
        var again = !round.IsRepeated && Due(round.OpenedAt + _options.AskingTime / 2);
        round.IsRepeated |= again;
        foreach (var peer in _peers.Linked)
        {
            if (round.Ask(peer.Id, MustBeAsked(peer, candidacy)) || (again && round.Awaits(peer.Id)))
                Say(peer.Id, new PreVote(round.Number) { Epoch = Epoch });
        }
    }

    private void Answer(Peer candidate, PreVote question)
    {
        // A network that elects needs a node that has just started at once, or to know that it is not there.
        if (Role is Role.Joining)
            Stand(lastLeader: null);
        if (candidate.Id == Leader && question.Epoch >= Epoch)
            LoseLeader();

        var isLed = Leads || HearsLeader;
        var standsBefore = Role is Role.Electing && Self < candidate.Id && !_cutOff.KeepAside(_peers, _now);
        if (!isLed && !standsBefore)
        {
            Say(candidate.Id, new Grant(question.Round) { Epoch = Epoch });
            return;
        }

        Say(candidate.Id, new Objection(question.Round, Leader ?? CannotReachLeader) { Epoch = Epoch });
        if (Leader == Self)
            Say(candidate.Id, new Heartbeat { Epoch = Epoch });
        else if (Leader is { } leader)
            Say(leader, new CutOff(candidate.Id) { Epoch = Epoch });
    }

    private void HearGrant(Peer from, Grant grant)
    {
        if (_candidacy is not { Round: { } round } candidacy || round.Number != grant.Round)
            return;
        round.Granted(from.Id);
        candidacy.Lift(from.Id, _now);
    }

    private void HearObjection(Peer from, Objection objection)
    {
        if (_candidacy is not { Round: { } round } candidacy || round.Number != objection.Round)
            return;

        // A lower candidate gets the time for a round of its own; a leader is given up by others a little later perhaps.
        var leader = objection.Leader == Self ? null : objection.Leader;
        var wait = leader is null ? _options.Heartbeat : _options.Heartbeat * 1.5;
        candidacy.Object(from.Id, leader, _now, wait + Jitter(_options.Heartbeat / 2));
    }

    private void MakeClaim()
    {
        _cutOff.Forget();
        (Role, Leader, _accepted, Epoch) = (Role.Leader, Self, Self, _rules.EpochOfClaim(_highestSeen));
        (_candidacy, _outbidAt, _highestSeen) = (null, null, Epoch);
        _mayClaimAt = _now + _rules.BetweenClaims(_options);
        _beatsAt = _now + _options.Heartbeat;
        foreach (var peer in _peers.Linked)
            Say(peer.Id, new Claim { Epoch = Epoch });
    }
}
