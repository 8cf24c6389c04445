using System.Diagnostics;

namespace P2PNode.Core.Election;

/// <content>Which messages count, and whose business each is.</content>
public sealed partial class ElectionMachine
{
    /// <summary>Passes over what is late, or under an epoch beyond belief.</summary>
    private void Hear(NodeId from, ElectionMessage message)
    {
        if (_peers.LinkedWith(from) is not { } peer
            || message.Epoch < peer.Epoch
            || !ElectionRules.IsCredible(Epoch, message.Epoch))
        {
            return;
        }

        peer.Heard(_now, message.Epoch);
        if (message.Epoch > _highestSeen)
            _highestSeen = message.Epoch;

        switch (message)
        {
            case Heartbeat or Claim:
                HearLeader(peer, message.Epoch);
                break;
            case Following following:
                HearFollowing(peer, following);
                break;
            case Stale stale:
                HearStale(stale);
                break;
            case PreVote question:
                Answer(peer, question);
                break;
            case Grant grant:
                HearGrant(peer, grant);
                break;
            case Objection objection:
                HearObjection(peer, objection);
                break;
            case CutOff cutOff:
                HearCutOff(cutOff);
                break;
            case YieldRequest request:
                HearYieldRequest(peer, request);
                break;
            case Yield:
                HearYield(peer);
                break;
            default:
                throw new UnreachableException($"Unknown message {message}.");
        }
    }
}
