using System.Text;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Tests.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Files;

/// <summary>Whatever happens to the files of the state: the node's parts open, say what is lost, and harm nothing.</summary>
public sealed class StateDamageTests : IDisposable
{
    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);

    /// <summary>In memory where there is such a place: each opening syncs.</summary>
    private readonly TemporaryFolder _temporary = new(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
    private readonly NodeFolder _folder;
    private readonly List<string> _log = [];
    private readonly ILogger _logger;

    public StateDamageTests()
    {
        _logger = new LoggerConfiguration().WriteTo.Sink(new Lines(_log)).CreateLogger();
        _folder = NodeFolder.Open(_temporary["NODE1"], Logger.None);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void A_listing_with_any_damage_opens_and_its_subscribers_come_to_have_what_it_has()
    {
        var (before, subscriber) = MakeListing();
        var whole = Ends(before);

        foreach (var damaged in Damage.CutsAndFlips(before))
        {
            File.WriteAllBytes(_folder.ListingLog, damaged);
            _log.Clear();
            using var store = ListingStore.Open(_folder, One, _logger);
            AssertTold(_folder.ListingLog, whole.Contains(damaged.Length) && before.AsSpan().StartsWith(damaged));

            store.Append([.. Enumerable.Range(0, 9).Select(number => Own($"later/{number}"))]);
            var replica = new ListingReplica(One, subscriber.Position, subscriber.Entries);
            Follow(replica, store);
            Assert.Equal(store.Position, replica.Position);
            Assert.Equal(store.Snapshot(), replica.Entries.OrderBy(entry => entry.Seq));
        }
    }

    [Fact]
    public void A_log_that_is_empty_is_told_of_where_there_was_more_and_not_at_a_first_start()
    {
        using (ListingStore.Open(_folder, One, _logger))
        using (CopyLedger.Open(_folder, _logger))
            Assert.Empty(_log);
        _folder.Dispose();
        File.WriteAllBytes(_folder.ListingLog, []);
        using var again = NodeFolder.Open(_temporary["NODE1"], Logger.None);

        using (ListingStore.Open(again, One, _logger))
        using (CopyLedger.Open(again, _logger))
            Assert.StartsWith($"\"{again.ListingLog}\" is empty or lacks its beginning: ", Assert.Single(_log));

        _temporary.Write("NODE1/peers/NODE2/a", "a");
        using (ListingStore.Open(again, One, _logger))
        using (CopyLedger.Open(again, _logger))
            Assert.StartsWith($"\"{again.CopyLog}\" is empty, though there are files in peers: ", _log[1]);
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public async Task A_ledger_with_any_damage_opens_harms_no_file_and_claims_no_copy_that_is_not_there()
    {
        var trash = new Trash(_folder, new ManualClock(), new TrashLimits(), Logger.None);
        using (var store = CopyStore.Open(_folder, trash, Logger.None))
        {
            foreach (var name in new[] { "a", "b/c", "b/d", "ä" })
                Assert.Empty(await store.CommitAsync([store.WriteSmall(Two, StoreUnderTest.Entry(name, name), Encoding.UTF8.GetBytes(name))]));
            store.Remove(Two, [FilePath.Parse("b/d")]);
        }

        _temporary.Write("NODE1/peers/NODE2/mine", "mine");
        var files = Contents(_folder.Peers);
        var before = await File.ReadAllBytesAsync(_folder.CopyLog, TestContext.Current.CancellationToken);
        var whole = Ends(before);

        foreach (var damaged in Damage.CutsAndFlips(before))
        {
            await File.WriteAllBytesAsync(_folder.CopyLog, damaged, TestContext.Current.CancellationToken);
            _log.Clear();
            using (var store = CopyStore.Open(_folder, trash, _logger))
            {
                AssertTold(_folder.CopyLog, whole.Contains(damaged.Length) && before.AsSpan().StartsWith(damaged));
                Assert.All(store.CopiesOf(Two), entry => Assert.Equal(entry.Path.Value, files[$"NODE2/{entry.Path}"]));
                Assert.DoesNotContain(store.CopiesOf(Two), entry => entry.Path.Value is "mine" or "b/d");

                // What was forgotten is known again by its content, without a byte from its owner.
                Assert.True(store.Adopt(Two, StoreUnderTest.Entry("a", "a"), CancellationToken.None));
                Assert.False(store.Adopt(Two, StoreUnderTest.Entry("mine", "other"), CancellationToken.None));
            }

            Assert.Equal(files, Contents(_folder.Peers));
        }
    }

    [Fact]
    public void A_partial_file_with_any_damage_gives_only_what_is_right()
    {
        using var store = CopyStore.Open(_folder, new Trash(_folder, new ManualClock(), new TrashLimits(), Logger.None), Logger.None);
        var (content, layer) = Large();
        var entry = StoreUnderTest.Entry("large", "") with { Size = content.Length, Root = PieceLayer.Root(layer, content.Length) };
        using (var copy = store.ReceivePieces(Two, entry))
            copy.Write(0, content);
        var partial = Assert.Single(Directory.GetFiles(_folder.Partial));
        var random = new Random(1);

        for (var attempt = 0; attempt < 12; attempt++)
        {
            byte[] damaged = attempt % 2 == 0 ? content[..random.Next(content.Length)] : [.. content];
            if (attempt % 2 == 1)
                damaged[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(partial, damaged);
            using var copy = store.ReceivePieces(Two, entry);
            var right = store.Recall(copy, layer, CancellationToken.None);

            Assert.Equal(PiecesAlike(content, damaged), right);
        }
    }

    private static int[] PiecesAlike(byte[] content, byte[] other) =>
    [
        .. Enumerable.Range(0, (int)PieceLayer.CountOf(content.Length)).Where(piece =>
            content.Skip(piece * PieceLayer.PieceSize).Take(PieceLayer.PieceSize)
                .SequenceEqual(other.Skip(piece * PieceLayer.PieceSize).Take(PieceLayer.PieceSize))),
    ];

    private static (byte[] Content, byte[] Layer) Large()
    {
        var content = new byte[PieceLayer.LargeFrom + 1000];
        new Random(7).NextBytes(content);
        var layer = new List<byte>();
        var hasher = new ContentHasher(hash =>
        {
            var bytes = new byte[ContentRoot.Size];
            hash.CopyTo(bytes);
            layer.AddRange(bytes);
        });
        hasher.Append(content);
        hasher.Finish();
        return (content, [.. layer]);
    }

    /// <summary>A log with all kinds of records, and a subscriber that has all of the listing.</summary>
    private (byte[] Log, ListingReplica Subscriber) MakeListing()
    {
        var subscriber = new ListingReplica(One);
        using (var store = ListingStore.Open(_folder, One, Logger.None))
        {
            store.Append([Own("a"), Own("b/c"), Own("b/d"), new OwnChange(FilePath.Parse("empty"), EntryKind.EmptyFolder)]);
            store.Append([new OwnChange(FilePath.Parse("b/c"), EntryKind.Removed), Own("ä")]);
            Follow(subscriber, store);
        }

        return (File.ReadAllBytes(_folder.ListingLog), subscriber);
    }

    private static OwnChange Own(string path) => new(
        FilePath.Parse(path), EntryKind.File, new FileStamp(path.Length, 637_000_000_012_345_678, 17, false), ContentHasher.Of(Encoding.UTF8.GetBytes(path)));

    /// <summary>Asks as a subscriber does, until it has all.</summary>
    private static void Follow(ListingReplica replica, ListingStore store)
    {
        for (var asked = 0; !replica.IsComplete; asked++)
        {
            Assert.True(asked < 5, "It asks for ever.");
            var have = asked == 0 ? replica.Position : ListingPosition.Start;
            foreach (var batch in store.After(have))
            {
                if (replica.Apply(batch) is not Applied)
                    break;
            }
        }
    }

    /// <summary>What is damaged is told by its name; a file that ends after a whole record looks as one that never was longer.</summary>
    private void AssertTold(string path, bool looksWhole) => Assert.True(
        looksWhole || _log.Any(line => line.Contains(path, StringComparison.Ordinal)), $"Nothing was said of {path}: {string.Join('\n', _log)}");

    /// <summary>Where records end.</summary>
    private static HashSet<int> Ends(byte[] log)
    {
        var ends = new HashSet<int> { 0 };
        for (var at = 0; at < log.Length; ends.Add(at))
            at += RecordFrame.HeaderSize + BitConverter.ToInt32(log, at);
        return ends;
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllText));

    private sealed class Lines(List<string> lines) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => lines.Add(logEvent.RenderMessage(null));
    }
}
