namespace P2PNode.Core.Election;

/// <content>Rules 1, 2 and 5: whom to accept, when a leader is lost, when to ask it to yield.</content>
public sealed partial class ElectionMachine
{
    private TimeSpan _leaderHeardAt;
    private TimeSpan _leaderSilence;
    private TimeSpan _followsSince;
    private TimeSpan _mayAskToLeadAt;
    private bool _asksToLead;

    private bool HearsLeader => Role is Role.Follower && _now - _leaderHeardAt < _leaderSilence;

    /// <summary>
    /// A claim or a heartbeat. A higher ID is refused whatever its epoch while a lower leader is heard: it cannot have
    /// been elected by the rules, which have anyone who hears a leader object, and it would only be outbid.
    /// </summary>
    private void HearLeader(Peer from, Epoch epoch)
    {
        if (Leads)
            Meet(from, epoch);
        else if (HearsLeader && Leader < from.Id)
            Say(from.Id, new Stale(Leader) { Epoch = Epoch });
        else
            AcceptOrRefuse(from, epoch);
    }

    private void AcceptOrRefuse(Peer from, Epoch epoch)
    {
        if (!_rules.MayAccept(Epoch, _accepted, epoch, from.Id))
        {
            Say(from.Id, new Stale(Leader) { Epoch = Epoch });
            return;
        }

        if ((Epoch, Leader) == (epoch, from.Id))
            Say(from.Id, new Following(Leader) { Epoch = Epoch });
        if (Role is not Role.Follower)
            _followsSince = _now;
        _asksToLead &= Leader == from.Id;
        (Role, Leader, Epoch, _accepted, _candidacy) = (Role.Follower, from.Id, epoch, from.Id, null);
        (_leaderHeardAt, _leaderSilence) = (_now, _peers.SilenceOf(from));
    }

    private void HearFollowing(Peer from, Following following)
    {
        from.Reported(_now, following.Leader);
        if (Leads)
        {
            if (following.Leader != Self || following.Epoch != Epoch)
                Say(from.Id, new Heartbeat { Epoch = Epoch });
        }
        else if (from.Id == Leader && following.Leader != Leader && following.Epoch >= Epoch)
        {
            HearLeaderGiveWay(following.Leader);
        }

        if (following.Leader is null)
            _candidacy?.Lift(from.Id, _now);
    }

    /// <summary>
    /// A leader that gave way names the lower ID that leads now, whose own claim is on its way where there is a link.
    /// One heartbeat of patience spares this node a time without a leader.
    /// </summary>
    private void HearLeaderGiveWay(NodeId? successor)
    {
        var patience = _now - _leaderSilence + _options.Heartbeat;
        if (!(successor < Leader) || _peers.LinkedWith(successor!.Value) is null)
            LoseLeader();
        else if (_leaderHeardAt > patience)
            _leaderHeardAt = patience;
    }

    private void Follow()
    {
        if (Due(_leaderHeardAt + _leaderSilence))
            LoseLeader();
        else if (Leader > Self)
            AskToLead(Leader.Value);
        else
            DropIdleLinks();
    }

    private void LoseLeader()
    {
        var lost = Leader!.Value;
        _holdDown.CountLoss(lost, _now);

        // A settled follower has dialled nobody but its leader for a while.
        foreach (var peer in _peers.Where(peer => lost < Self && peer.Id != lost))
            peer.ForgetEnd();
        Stand(lost);
    }

    /// <summary>Asks again and again: the leader is silent until it can yield, and a link may lose the question.</summary>
    private void AskToLead(NodeId leader)
    {
        if (!_caughtUp || _cutOff.KeepAside(_peers, _now))
            return;

        // A still lower ID that follows the same leader comes first, so that the leadership changes once.
        var rank = _peers.Linked.Count(peer => peer.Id < Self && peer.Follows == Leader);
        if (!Due(_followsSince + _holdDown.For(Self, _now) + rank * _options.Heartbeat) || !Due(_mayAskToLeadAt))
            return;
        (_asksToLead, _mayAskToLeadAt) = (true, _now + _options.Heartbeat);
        Say(leader, new YieldRequest([.. _peers.Linked.Select(peer => peer.Id)]) { Epoch = Epoch });
    }

    private void DropIdleLinks()
    {
        foreach (var peer in _peers.Linked)
        {
            var isSettled = peer.Id > Leader && peer.Follows == Leader && peer.ReportedAt is { } reported
                && Due(reported + _options.LinkGrace);
            if (!isSettled || peer.IsDropped)
                continue;
            peer.IsDropped = true;
            _effects.Add(new DropLink(peer.Id));
        }
    }
}
