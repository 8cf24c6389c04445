using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>Tells the rest of the node, in order, what happens to its links.</summary>
internal sealed class LinkWatch(MemberParts members, CatalogueParts catalogue, AdmissionRule admission, TimeSpan linkPatience, ILogger log)
{
    /// <summary>A member that is neither reached nor refused for so long counts as dead.</summary>
    private readonly TimeSpan _linkPatience = linkPatience;

    /// <summary>Whom there is a link to; one that takes the place of another is no news to people.</summary>
    private readonly HashSet<NodeId> _linked = [];

    /// <summary>Why each peer would not have this node, or was not taken, when that was last told.</summary>
    private readonly Dictionary<NodeId, string> _refusals = [];

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var change in members.Links.Events.ReadAllAsync(stop))
        {
            switch (change)
            {
                case LinkOpened opened:
                    await OpenedAsync(opened.Link, stop);
                    break;
                case LinkClosed closed:
                    await ClosedAsync(closed.Link, closed.Ending, stop);
                    break;
                case DialFailed failed:
                    await FailedAsync(failed, stop);
                    break;
            }
        }
    }

    private async ValueTask OpenedAsync(Link link, CancellationToken stop)
    {
        admission.Linked(link.Peer.Id);
        _refusals.Remove(link.Peer.Id);
        if (_linked.Add(link.Peer.Id))
            log.Linked(link.Peer.Id, link.Peer.Address);
        members.Revocations.Meet(link);
        members.Overlay.Opened(link);
        await members.Election.PostAsync(link, new LinkUp(link.Peer.Id) { Heartbeat = link.Peer.Heartbeat }, stop);
        await catalogue.Sync.ReviewAsync(stop);
        catalogue.Holdings.Review();
        catalogue.RosterFeed.Tell();
    }

    private async ValueTask ClosedAsync(Link link, LinkEnding ending, CancellationToken stop)
    {
        var peer = link.Peer.Id;
        _linked.Remove(peer);
        members.Roster.Sight([link]); // When it was heard last goes with it.
        Tell(link, ending);
        var fate = ending switch
        {
            LinkEnding.PeerStopped or LinkEnding.PeerLeft or LinkEnding.Revoked => LinkFate.Goodbye,
            LinkEnding.NotNeeded or LinkEnding.NoRoom or LinkEnding.MadeRoom => LinkFate.NotNeeded,
            _ => LinkFate.Lost,
        };
        members.Overlay.Closed(link, fate, Missed(fate switch
        {
            LinkFate.Goodbye => MemberState.Left,
            LinkFate.Lost => MemberState.Suspect,
            _ => null,
        }));
        if (members.Election.Now is { Leads: false, Leader: { } leader } && leader != peer && members.Links.Find(peer) is null)
            members.Roster.Part(peer);
        var end = ending switch
        {
            LinkEnding.PeerStopped or LinkEnding.PeerLeft or LinkEnding.Revoked => LinkEnd.Goodbye,
            LinkEnding.NotNeeded or LinkEnding.MadeRoom => LinkEnd.NotNeeded,
            LinkEnding.NoRoom => LinkEnd.Full,
            _ => LinkEnd.Silent, // Whether the process is gone, the next dial tells.
        };
        await members.Election.PostAsync(link, new LinkDown(peer, end), stop);
        await catalogue.Sync.ReviewAsync(stop);
    }

    private void Tell(Link link, LinkEnding ending)
    {
        var peer = link.Peer.Id;
        switch (ending)
        {
            case LinkEnding.NotNeeded:
                log.LinkDropped(peer);
                break;
            case LinkEnding.NoRoom:
                log.LinkHasNoRoom(peer);
                break;
            case LinkEnding.MadeRoom:
                log.LinkMadeRoom(peer);
                break;
            case LinkEnding.PeerStopped:
                log.PeerStopped(peer);
                break;
            case LinkEnding.PeerLeft:
                log.PeerLeft(peer, link.Reason);
                break;
            case LinkEnding.Revoked:
                log.PeerRevoked(peer);
                break;
            case LinkEnding.Violation:
                log.PeerViolates(peer, link.Reason);
                break;
            default:
                log.LinkLost(peer, ending is LinkEnding.Replaced ? "it counts on another link, which is not here" : link.Reason);
                break;
        }
    }

    /// <summary>In a network that forms itself no node alone says who is gone: the overlay finds that out with others.</summary>
    private MemberState? Missed(MemberState? state) => members.IsOpen ? null : state;

    private async ValueTask FailedAsync(DialFailed failed, CancellationToken stop)
    {
        var refused = failed.Fault is PeerFault.ConnectionRefused;
        TellRefusal(failed);
        members.Roster.Hear(failed.Others);
        admission.Failed(failed);
        if (members.Links.Find(failed.Peer) is not null)
            return; // The peer's own dial came through meanwhile.
        var isGone = refused || (failed.Fault is not PeerFault.Full && members.Roster.SilentFor(failed.Peer) > _linkPatience);
        members.Overlay.DialFailed(
            failed.Peer,
            refused ? LinkFate.Refused : failed.Fault is PeerFault.Full ? LinkFate.NotNeeded : LinkFate.Lost,
            isGone ? Missed(MemberState.Dead) : null);
        var end = refused ? LinkEnd.Refused : failed.Fault is PeerFault.Full ? LinkEnd.Full : LinkEnd.Silent;
        await members.Election.PostAsync(new LinkDown(failed.Peer, end) { Leader = failed.Leader }, stop);
    }

    /// <summary>A refusal is tried again for ever, and told again when it has another reason.</summary>
    private void TellRefusal(DialFailed failed)
    {
        var isOurs = failed.Fault is PeerFault.NotAdmitted or PeerFault.OtherNetwork;
        if (!isOurs && failed.Fault is not (PeerFault.Rejected or PeerFault.DuplicateId or PeerFault.Full))
            return;
        var reason = failed.Fault is PeerFault.Full ? nameof(PeerFault.Full) : failed.Reason; // Whom it names in its place may change.
        if (_refusals.GetValueOrDefault(failed.Peer) == reason)
            return;
        _refusals[failed.Peer] = reason;
        if (isOurs)
            log.PeerNotAdmitted(failed.Peer, failed.Address, failed.Reason);
        else
            log.DialRejected(failed.Peer, failed.Address, failed.Reason);
    }
}
