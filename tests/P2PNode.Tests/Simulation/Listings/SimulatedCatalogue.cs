using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>
/// A node's own listing and its catalogue of all: what <c>CatalogueSync</c>, <c>ListingFeeds</c> and <c>RosterFeed</c>
/// are in the product, around the same cores.
/// </summary>
internal sealed class SimulatedCatalogue(SimulatedNode node, Cluster cluster, UserFolder folder) : ICompanion
{
    private static readonly TimeSpan BetweenWords = TimeSpan.FromMilliseconds(20);

    private readonly FileCatalogue _catalogue = new(cluster.Mutation.ListingRules);
    private readonly CatalogueQuestions<object> _questions = new(node.Id, copies: 1);
    private readonly Dictionary<NodeId, WatchedReplica> _replicas = [];
    private readonly Dictionary<(object Connection, NodeId Owner), ListingFeed> _feeds = [];
    private OwnerStore? _own;
    private (object Connection, NodeId From, List<Word> Words)? _early;
    private IReadOnlyCollection<NodeId> _alive = [];
    private bool _caughtUp;
    private bool _willTell;

    public FileCatalogue Catalogue => _catalogue;

    private NodeId? Leader => node.Machine!.Leader;

    public void Started()
    {
        _own = new OwnerStore(node, cluster);
        FolderChanged();
    }

    /// <summary>A scan, or a hint of the system, some time later.</summary>
    public void FolderChanged() => node.Later(cluster.Soon(), () =>
    {
        var changed = _own!.Follow(folder);
        foreach (var batch in _own.Listing.After(_catalogue.PositionOf(node.Id)))
        {
            if (Replica(node.Id).Apply(node.Id, batch) is Applied applied)
                TellIfBegun(applied);
        }

        if (changed)
            cluster.Note(node.Id, $"lists up to {_own.Listing.Position.Seq}", _own.Listing.Position.Seq);
        foreach (var feed in _feeds.Values.OfType<OwnFeed>())
            feed.Go();
    });

    public void Happened(ElectionEffect effect)
    {
        if (effect is LeaderChanged)
            node.Later(TimeSpan.Zero, FollowLeadership);
        if (effect is PrepareYield yield)
        {
            Tell();
            node.Later(cluster.Soon(), () => node.Input(new YieldPrepared(yield.To)));
        }
    }

    public void LinksChanged() => node.Later(TimeSpan.Zero, () =>
    {
        var connections = node.Connections.Values.ToHashSet();
        foreach (var ended in _feeds.Keys.Where(key => !connections.Contains(key.Connection)).ToList())
            _feeds.Remove(ended);
        Review();
        Tell();
    });

    public void Received(NodeId from, object connection, object message)
    {
        switch (message)
        {
            case Word word:
                Hear(from, connection, word);
                break;
            case Question question:
                Answer(from, connection, question);
                break;
            case ListingBatch batch:
                Take(from, connection, batch);
                break;
        }
    }

    private void FollowLeadership()
    {
        HeedEarlyWords();
        Review();
        Tell();
    }

    private void TellIfBegun(Applied applied)
    {
        if (applied.BeginsList && cluster.Mutation.TellsOfNewLists)
            Tell();
    }

    /// <summary>The leader tells all followers who lives and what it lists.</summary>
    private void Tell()
    {
        if (_willTell || Leader != node.Id)
            return;
        _willTell = true;
        node.Later(BetweenWords, () =>
        {
            _willTell = false;
            if (Leader != node.Id)
                return;
            var word = new Word([.. node.Links, node.Id], [.. _catalogue.Owners.Select(owner => (owner, _catalogue.PositionOf(owner)))]);
            foreach (var peer in node.Links.ToList())
                node.Do(() => node.Stream(peer, word));
        });
    }

    /// <summary>A new leader may be heard here before it is accepted as such.</summary>
    private void Hear(NodeId from, object connection, Word word)
    {
        if (_early?.Connection != connection)
            _early = (connection, from, []);
        _early!.Value.Words.Add(word);
        HeedEarlyWords();
    }

    private void HeedEarlyWords()
    {
        if (_early is not { } early || early.From != Leader)
            return;
        _early = null;
        foreach (var word in early.Words)
        {
            _alive = word.Alive;
            _questions.LeaderHas(Around(), early.From, early.Connection, word.Listings);
        }

        Review();
    }

    private CatalogueSurroundings<object> Around()
    {
        var alive = Leader == node.Id ? node.Connections.Keys : _alive;
        return new(Leader, node.Connections, alive.Count(id => id < node.Id));
    }

    private void Review()
    {
        var connections = node.Connections;
        var around = Around();
        foreach (var (owner, connection) in _questions.Review(around))
        {
            Replica(owner).Restart();
            Ask(connections.First(link => link.Value == connection).Key, owner, _catalogue.PositionOf(owner));
        }

        var caughtUp = _questions.IsCaughtUp(around, _catalogue.CompleteAt);
        if (caughtUp == _caughtUp)
            return;
        _caughtUp = caughtUp;
        node.Later(TimeSpan.Zero, () => node.Input(new CatalogueCaughtUp(caughtUp)));
    }

    private void Ask(NodeId of, NodeId owner, ListingPosition have)
    {
        cluster.Note(node.Id, $"asks node {of} for list of {owner} after {have.Seq}", owner.Value);
        node.Do(() => node.Stream(of, new Question(owner, have)));
    }

    private void Answer(NodeId from, object connection, Question question)
    {
        var (owner, have) = question;
        ListingFeed? feed = null;
        feed = owner == node.Id
            ? new OwnFeed(_own!.Listing, have, Send)
            : new KnownFeed(() => CopyOf(owner), have, cluster.Count, Send);
        _feeds[(connection, owner)] = feed;
        node.Later(cluster.Network.Delay(), feed.Go);

        void Send(ListingBatch batch, Action arrived)
        {
            if (_feeds.GetValueOrDefault((connection, owner)) != feed || node.Connections.GetValueOrDefault(from) != connection)
                return;
            cluster.History.Sent(node.Id, batch);
            if (Tear(batch) is { } whatIsLeft)
                node.Do(() => node.Stream(from, whatIsLeft, arrived));
            else
                node.Later(TimeSpan.Zero, arrived);
        }
    }

    /// <summary>What the fault of the hour leaves of a batch; null for nothing.</summary>
    private ListingBatch? Tear(ListingBatch batch)
    {
        var weather = cluster.Network.Weather;
        if (weather.BatchLoss > 0 && cluster.Dice.NextDouble() < weather.BatchLoss)
        {
            cluster.Count(Happening.BatchLost);
            return null;
        }

        if (batch.Entries.IsEmpty || weather.EntryLoss == 0 || cluster.Dice.NextDouble() >= weather.EntryLoss)
            return batch;
        cluster.Count(Happening.EntryLost);
        cluster.History.HasTornBatches = true;
        return batch with { Entries = batch.Entries.RemoveAt(cluster.Dice.Next(batch.Entries.Length)) };
    }

    private void Take(NodeId from, object connection, ListingBatch batch)
    {
        if (!_questions.Stands(batch.Owner, connection))
        {
            cluster.Count(Happening.BatchOfOldLink);
            if (cluster.Mutation.KnowsWhomItAsked)
                return;
        }

        var result = Replica(batch.Owner).Apply(from, batch);
        cluster.Note(node.Id, $"{result.GetType().Name}: list of {batch.Owner} from {from}, {batch.PrevSeq} to {batch.LastSeq}, {batch.Entries.Length} entries{(batch.More ? ", more" : "")}", batch.LastSeq);
        if (result is Refused)
        {
            node.EndLink(from, LinkEnd.Silent);
            return;
        }

        if (result is Applied applied)
        {
            TellIfBegun(applied);
            foreach (var feed in _feeds.Where(feed => feed.Key.Owner == batch.Owner).Select(feed => feed.Value).OfType<KnownFeed>().ToList())
                feed.Follow(batch, applied);
        }

        if (result.AskAgainFrom is { } have)
            Ask(from, batch.Owner, have);
        if (!batch.More)
            Review();
    }

    private Listing CopyOf(NodeId owner)
    {
        var position = _catalogue.PositionOf(owner);
        return new Listing(owner, position.ListId, position.Seq, _catalogue.EntriesOf(owner));
    }

    private WatchedReplica Replica(NodeId owner)
    {
        if (!_replicas.TryGetValue(owner, out var replica))
            _replicas.Add(owner, replica = new WatchedReplica(node.Id, owner, _catalogue, cluster));
        return replica;
    }

    private sealed record Word(IReadOnlyCollection<NodeId> Alive, IReadOnlyCollection<(NodeId Owner, ListingPosition Position)> Listings);

    private sealed record Question(NodeId Owner, ListingPosition Have);
}
