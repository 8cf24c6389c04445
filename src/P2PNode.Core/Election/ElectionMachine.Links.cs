using System.Collections.Immutable;

namespace P2PNode.Core.Election;

/// <content>Starting, links that come and go, and time that was lost.</content>
public sealed partial class ElectionMachine
{
    private readonly TimeSpan _startedAt;
    private TimeSpan _changedAt;
    private bool _membersKnown;

    /// <summary>
    /// Whether a starting node may stop looking for a leader: all members answered, or nothing changed for a while.
    /// A refused dial is no answer, since in a network that is started together it means "not yet".
    /// </summary>
    private bool HasLookedAround =>
        (_membersKnown && !IsYetToHearOfOthers && _peers.Where(peer => peer.IsLinked || peer.SoughtSince is not null).All(peer => peer.ReportedAt is not null))
        || Due(_changedAt + _options.Quiet)
        || Due(_startedAt + _options.LongestJoin);

    /// <summary>In a network that forms itself nobody is known at first: others are told of within a moment.</summary>
    private bool IsYetToHearOfOthers => _options.Breadth < int.MaxValue && _peers.Members.IsEmpty;

    /// <summary>
    /// Time in which this process did not run has not passed for it: otherwise it would take its own silence for that
    /// of others. Inside the machine a clock runs that stands still meanwhile.
    /// </summary>
    private void ForgivePause()
    {
        var late = _now - _wakeAt;
        if (late <= _options.MostLate)
            return;

        _now -= late;
        _paused += late;

        // What others granted or yielded may be void by now.
        if (_candidacy is { } candidacy)
            candidacy.Round = null;
        _asksToLead = false;
        if (late <= _options.LongestStop)
            return;

        // The links of before are gone or about to go, and who leads by now is heard only over new ones: alone at such a
        // moment, this node must not take it for granted that nobody else is there.
        var lookAroundUntil = _now + _options.Heartbeat;
        if (_mayClaimAt < lookAroundUntil)
            _mayClaimAt = lookAroundUntil;
        if (Leads)
            StepDown();
    }

    private void Know(ImmutableSortedSet<NodeId> members)
    {
        var sought = _peers.Sought();
        _peers.Replace(members);
        _peers.Seek(_now);
        if (!_membersKnown || !_peers.Sought().SetEquals(sought))
            _changedAt = _now;
        _membersKnown = true;
    }

    private void Link(Peer peer, TimeSpan heartbeat)
    {
        peer.Linked(_now, heartbeat);
        _changedAt = _now;
        Say(peer.Id, Leads
            ? new Heartbeat { Epoch = Epoch }
            : new Following(Leader) { Epoch = Epoch });
        _candidacy?.Round?.Forget(peer.Id);
    }

    private void Unlink(Peer peer, LinkEnd end, NodeId? follows)
    {
        if (peer.IsLinked || peer.End != end)
            _changedAt = _now;
        peer.Unlinked(_now, end, follows);
        _candidacy?.Lift(peer.Id, _now);

        if (peer.Id == _yieldingTo)
            KeepLeading();
        else if (peer.Id == Leader && end is LinkEnd.Refused or LinkEnd.Goodbye)
            LoseLeader();
        else if (Leads && end is LinkEnd.Full && follows == peer.Id && _rules.GivesWayTo(Self, peer.Id))
            StepDown(); // Two leaders meet (rule 6), though at a closed door.
        _peers.Release(peer);
    }
}
