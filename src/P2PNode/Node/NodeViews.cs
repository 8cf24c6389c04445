using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>What people and programs see of a running node. Thread-safe.</summary>
internal sealed class NodeViews(NodeOptions options, MemberParts members, CatalogueParts catalogue, OwnFiles ownFiles)
{
    public StatusReport Status()
    {
        var now = members.Election.Now;
        var (totals, listings) = catalogue.RosterFeed.Size;
        return new StatusReport
        {
            Id = options.Id,
            Role = now.Leads ? NodeRole.Leader : now.Leader is null ? NodeRole.Electing : NodeRole.Follower,
            Leader = now.Leader,
            Epoch = now.Epoch.Value,
            Links = [.. members.Links.All().Select(link => link.Peer.Id)],
            Members = [.. Members().Where(member => member.Id != options.Id)],
            Catalogue = new CatalogueReport(totals.Files, totals.Bytes),
            Pending = Pending(),
            Successor = IsCutOff ? null : members.Roster.Alive().Where(id => id != now.Leader).Cast<NodeId?>().FirstOrDefault(),
            OutOfReach = now.OutOfReach,
            NoRoomAt = now.FindsNoRoomAt,
            Listings = new ListingsReport(listings.Complete, listings.Expected),
            Missing = ownFiles.HeldRemovals,
            NotShared = [.. ownFiles.NotShared.Select(file => new NotSharedReport(file.Path, file.Reason))],
            Transfers = catalogue.Transfers.Show(),
            Seeds = [.. members.Seeds.Seeds],
        };
    }

    /// <summary>
    /// Who has been without any link for so long that it would have condemned one neighbour knows of nobody whether it
    /// lives. That is shown and not written down: it says something of this node, not of the others.
    /// </summary>
    private bool IsCutOff => members.Links.AloneFor > options.Intervals.Overlay.Condemnation;

    public IReadOnlyList<MemberReport> Members()
    {
        var linked = members.Links.All();
        members.Roster.Sight(linked);
        var heard = linked.Select(link => link.Peer.Id).ToHashSet();
        var isCutOff = IsCutOff;
        return [.. members.Roster.All().Select(member => ToReport(member, heard, isCutOff))];
    }

    private PendingReport Pending()
    {
        var pending = catalogue.Collector.Pending;
        return new PendingReport(pending.Sum(owner => owner.Pending.Files), long.CreateSaturating(pending.Aggregate(Int128.Zero, (sum, owner) => sum + owner.Pending.Bytes)))
        {
            Reasons =
            [
                .. pending.SelectMany(owner => owner.Pending.Waiting)
                    .AggregateBy(reason => reason.Reason, 0, (files, reason) => files + reason.Files)
                    .OrderByDescending(reason => reason.Value)
                    .Select(reason => new PendingReason(reason.Key, reason.Value)),
            ],
        };
    }

    private MemberReport ToReport(Member member, HashSet<NodeId> heard, bool isCutOff) => new()
    {
        Id = member.Id,
        Address = members.Whereabouts.Of(member.Id) ?? new NodeAddress(member.Host, member.Port),
        State = isCutOff && member.State is MemberState.Alive && member.Id != options.Id ? MemberState.Suspect : member.State,
        Name = member.Name,
        // Of a live member without a link only the leader hears: when this node did says nothing about it.
        LastSeen = member.LastSeenTicks is { } seen && member.Id != options.Id && (member.State is not MemberState.Alive || heard.Contains(member.Id)) ? new DateTime(seen, DateTimeKind.Utc) : null,
    };
}
