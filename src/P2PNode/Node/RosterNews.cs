using System.Runtime.CompilerServices;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// What a leader has to tell each of its followers of members and listings: all at first, then what changed. A network
/// whose members go into one frame is told all of it each time, so that everybody knows when each was last seen. For one
/// caller at a time, but <see cref="Of"/>.
/// </summary>
internal sealed class RosterNews(Roster roster, NetworkCatalogue catalogue, TimeProvider clock)
{
    /// <summary>So many rows stay below the limit of a frame, though each host and name had all the bytes that it may have.</summary>
    public const int RowsOfOneFrame = 50;

    private readonly RowVersions<Member> _members = new();
    private readonly RowVersions<ListingPosition> _listings = new();
    private readonly ConditionalWeakTable<Link, StrongBox<Told>> _told = [];

    /// <summary>What to send over which link. Who is told under a new epoch is told all: it may have passed over what came before.</summary>
    public IEnumerable<(Link Link, Wire.Roster Frame)> For(IReadOnlyList<Link> followers, Leadership now, CatalogueSize size)
    {
        var members = roster.All().ToDictionary(member => member.Id);
        var listings = catalogue.Owners.ToDictionary(owner => owner, catalogue.PositionOf);
        _members.Update(members.Select(row => (row.Key, row.Value with { LastSeenTicks = null })));
        _listings.Update(listings.Select(row => (row.Key, row.Value)));
        var all = new Told(now.Epoch.Value, 0, 0);
        foreach (var group in followers.GroupBy(link => members.Count <= RowsOfOneFrame ? all : ToldTo(link, all)))
        {
            List<Wire.Roster> frames =
            [
                .. Frames(now, _members.Since(group.Key.Members).Select(id => ToWire(members[id])), (frame, rows) => frame.Members.AddRange(rows)),
                .. Frames(now, _listings.Since(group.Key.Listings).Select(owner => ToWire(owner, listings[owner])), (frame, rows) => frame.Listings.AddRange(rows)),
                Of(now, size),
            ];
            foreach (var link in group)
            {
                _told.AddOrUpdate(link, new StrongBox<Told>(new Told(now.Epoch.Value, _members.Version, _listings.Version)));
                foreach (var frame in frames)
                    yield return (link, frame);
            }
        }
    }

    /// <summary>How large the catalogue is.</summary>
    public Wire.Roster Of(Leadership now, CatalogueSize size)
    {
        var frame = New(now);
        frame.Totals = size.ToWire();
        return frame;
    }

    private Told ToldTo(Link link, Told all) =>
        _told.TryGetValue(link, out var told) && told.Value.Epoch == all.Epoch ? told.Value : all;

    private IEnumerable<Wire.Roster> Frames<T>(Leadership now, IEnumerable<T> rows, Action<Wire.Roster, T[]> fill)
    {
        foreach (var chunk in rows.Chunk(RowsOfOneFrame))
        {
            var frame = New(now);
            fill(frame, chunk);
            yield return frame;
        }
    }

    private Wire.Roster New(Leadership now) => new() { Epoch = now.Epoch.Value, Leader = roster.Self.Value };

    private static Wire.OwnerPosition ToWire(NodeId owner, ListingPosition position) =>
        new() { Owner = owner.Value, Position = CatalogueMapping.ToWire(position) };

    private Wire.RosterMember ToWire(Member member) => MemberMapping.ToWire(member, clock.GetUtcNow().Ticks);

    /// <summary>Which changes a follower was told, under which epoch.</summary>
    private readonly record struct Told(long Epoch, long Members, long Listings);
}
