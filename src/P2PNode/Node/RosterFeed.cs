using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// The leader's word on who is a member, whose listings it has and how much they list: told to each new follower and at
/// every change. Followers have no links between themselves, so this is how they know of one another.
/// </summary>
internal sealed class RosterFeed(Roster roster, LinkTable links, NetworkCatalogue catalogue, CatalogueSync sync, ElectionDriver election, TimeProvider clock)
    : IDisposable
{
    /// <summary>While files come in, their number is told so often.</summary>
    private static readonly TimeSpan BetweenTotals = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();

    /// <summary>Held from the look at the size to the sending, so that no follower is told an earlier size last.</summary>
    private readonly Lock _sending = new();

    private readonly RosterNews _news = new(roster, catalogue, clock);
    private readonly Signal _due = new();
    private readonly Signal _totalsDue = new();

    /// <summary>
    /// What peers said before this node had accepted them as leaders; of each at most the last so many frames, which hold
    /// all members and listings that a network may have.
    /// </summary>
    private const int MostEarly = 2 * (NodeId.MostInNetwork / RosterNews.RowsOfOneFrame) + 8;

    private readonly Dictionary<Link, Queue<LeadersWord>> _early = [];

    /// <summary>The link's loop and that of the leadership both have words applied: one at a time, so that none overtakes another.</summary>
    private readonly SemaphoreSlim _applying = new(1);

    /// <summary>What was last heard of the size of a leader's catalogue, and over which link.</summary>
    private (Link Link, CatalogueSize Size)? _told;

    /// <summary>The size of the network's catalogue: as the leader has it where it leads or said so, otherwise as far as this node knows.</summary>
    public CatalogueSize Size
    {
        get
        {
            if (election.Now is { Leads: false, Leader: { } leader })
            {
                lock (_gate)
                {
                    if (_told is { } told && links.Find(leader) == told.Link)
                        return told.Size;
                }
            }

            return new CatalogueSize(catalogue.Totals, catalogue.ListingsComplete(roster.Alive()));
        }
    }

    /// <summary>Tells all followers, soon; several changes at once are told once.</summary>
    public void Tell() => _due.Set();

    /// <summary>Tells all followers how large the catalogue has become.</summary>
    public void TellSize() => _totalsDue.Set();

    public Task RunAsync(CancellationToken stop) => TaskGroup.RunAsync([TellAllAsync, TellTotalsAsync], stop);

    private async Task TellAllAsync(CancellationToken stop)
    {
        while (true)
        {
            await _due.WaitAsync(stop);
            if (election.Now is not { Leads: true } now)
                continue;
            var followers = links.All();
            roster.Sight(followers);
            lock (_sending)
            {
                foreach (var (link, frame) in _news.For(followers, now, Size))
                    link.TrySend(FrameType.Roster, frame);
            }

            await Task.Delay(BetweenRosters(followers.Length), clock, stop);
        }
    }

    private async Task TellTotalsAsync(CancellationToken stop)
    {
        while (true)
        {
            await _totalsDue.WaitAsync(stop);
            if (election.Now is { Leads: true } now)
            {
                lock (_sending)
                {
                    var frame = _news.Of(now, Size);
                    foreach (var link in links.All())
                        link.TrySend(FrameType.Roster, frame);
                }
            }

            await Task.Delay(BetweenTotals, clock, stop);
        }
    }

    /// <summary>While members come and go: the more there are to tell, the more news is told at once.</summary>
    private static TimeSpan BetweenRosters(int followers) => TimeSpan.FromMilliseconds(Math.Max(20, followers / 4));

    /// <summary>Takes the leader's word; that of a node which is not accepted as the leader is kept for when it is.</summary>
    /// <exception cref="PeerException">No correct peer sends this.</exception>
    public async ValueTask TakeAsync(Link link, Wire.Roster wire, CancellationToken stop)
    {
        // Looked at on the link that it came over, so that a word that cannot be ends this link and nothing else.
        var word = LeadersWord.Read(wire, clock.GetUtcNow().Ticks, link.Teller);
        lock (_gate)
        {
            foreach (var gone in _early.Keys.Where(early => links.Find(early.Peer.Id) != early).ToList())
                _early.Remove(gone);

            // Of a link that was replaced: it must not take the place of what the other one brought.
            if (links.Find(link.Peer.Id) != link)
                return;
            if (!_early.TryGetValue(link, out var words))
                _early.Add(link, words = []);
            if (words.Count == MostEarly)
                words.Dequeue();
            words.Enqueue(word);
        }

        await ReviewAsync(stop);
    }

    /// <summary>The leadership may have changed: what its leader said early counts now.</summary>
    public async ValueTask ReviewAsync(CancellationToken stop)
    {
        await _applying.WaitAsync(stop);
        try
        {
            while (Next() is var (link, word))
            {
                if (word.Size is { } size)
                {
                    lock (_gate)
                        _told = (link, size);
                }

                roster.HearLeader(word.Members, id => links.Find(id) is not null);
                await sync.LeaderHasAsync(link, word.Listings, stop);
            }
        }
        finally
        {
            _applying.Release();
        }
    }

    public void Dispose() => _applying.Dispose();

    /// <summary>The leader's next word; what it said under a former leadership counts no more.</summary>
    private (Link Link, LeadersWord Word)? Next()
    {
        lock (_gate)
        {
            if (election.Now is not { Leads: false, Leader: { } leader } now || links.Find(leader) is not { } link || !_early.TryGetValue(link, out var words))
                return null;
            while (words.TryDequeue(out var word))
            {
                if (word.Epoch >= now.Epoch.Value)
                    return (link, word);
            }

            return null;
        }
    }
}
