namespace P2PNode.Core.Election;

/// <content>Rules 5 to 7 as a leader sees them: heartbeats, rivals, lower IDs, members that cannot reach it.</content>
public sealed partial class ElectionMachine
{
    private TimeSpan? _outbidAt;
    private TimeSpan _beatsAt;

    private NodeId? _yieldingTo;
    private TimeSpan? _yieldedAt;

    private void Lead()
    {
        if (_yieldedAt is { } yieldedAt && Due(yieldedAt + _options.Silence))
            KeepLeading();
        if (_cutOff.TooManySince(_peers, _now) is { } since && Due(since + _options.Quiet))
        {
            _cutOff.StandAside(_now);
            StepDown();
            return;
        }

        if (Role is Role.Leader && _outbidAt is { } outbidAt && Due(outbidAt) && Due(_mayClaimAt))
            MakeClaim();
        if (Due(_beatsAt))
            Beat();
    }

    private void Beat()
    {
        _beatsAt = _now + _options.Heartbeat;
        foreach (var peer in _peers.Linked)
            Say(peer.Id, new Heartbeat { Epoch = Epoch });
    }

    /// <summary>Two leaders meet (rule 6): the higher one gives way, the lower one claims what the other had.</summary>
    private void Meet(Peer other, Epoch epoch)
    {
        if (_rules.GivesWayTo(Self, other.Id))
        {
            StepDown(yielded: other.Id == _yieldingTo);
            AcceptOrRefuse(other, epoch);
        }
        else if (epoch >= Epoch)
        {
            _outbidAt ??= _now + _options.OutbidDelay;
        }
        else
        {
            Say(other.Id, new Heartbeat { Epoch = Epoch });
        }
    }

    /// <summary>A peer accepted a later leadership; unless that is of a lower ID, this one claims anew (rule 6).</summary>
    private void HearStale(Stale stale)
    {
        if (Leader == Self && _rules.Heeds(Self, Epoch, stale.Epoch, stale.Leader) && !(stale.Leader < Self))
            _outbidAt ??= _now + _options.OutbidDelay;
    }

    private void StepDown(bool yielded = false)
    {
        if (!yielded)
            _holdDown.CountLoss(Self, _now);
        (_outbidAt, _yieldingTo, _yieldedAt) = (null, null, null);
        Stand(lastLeader: null);
    }

    private void HearCutOff(CutOff report)
    {
        if (Leader == Self && _peers.Members.Contains(report.Node))
            _cutOff.Report(report.Node, _now);
    }

    /// <summary>A lower ID wants to lead (rule 5). It gets no answer until it may; it will ask again.</summary>
    private void HearYieldRequest(Peer from, YieldRequest request)
    {
        if (Role is Role.Yielding && from.Id == _yieldingTo && _yieldedAt is not null)
            Say(from.Id, new Yield { Epoch = Epoch });

        var mayLead = from.Id < Self
            && request.Epoch == Epoch
            && _now - from.LinkedSince >= _holdDown.For(from.Id, _now)
            && _peers.Linked
                .Where(peer => peer != from && peer.SoughtSince is not null && peer.Follows == Self && _peers.Reaches(peer.Id, _now))
                .All(peer => request.Reaches.Contains(peer.Id));
        if (Role is not Role.Leader || !mayLead)
            return;
        (Role, _yieldingTo) = (Role.Yielding, from.Id);
        _effects.Add(new PrepareYield(from.Id));
    }

    private void FinishYield(NodeId to)
    {
        if (Role is not Role.Yielding || to != _yieldingTo)
            return;
        _yieldedAt = _now;
        Say(to, new Yield { Epoch = Epoch });
    }

    private void HearYield(Peer from)
    {
        if (Role is Role.Follower && from.Id == Leader && _asksToLead && _now >= _mayClaimAt)
            MakeClaim();
    }

    private void KeepLeading()
    {
        _effects.Add(new YieldCalledOff(_yieldingTo!.Value));
        (Role, _yieldingTo, _yieldedAt) = (Role.Leader, null, null);
    }
}
