using System.Collections.Concurrent;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transfer;
using P2PNode.Transfer;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class OwnerCollectionTests : IAsyncDisposable
{
    private const ulong ListId = 7;

    private static readonly NodeId Two = new(2);

    private readonly StoreUnderTest _store = new();
    private readonly HolderUnderTest _owner = new(2);
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Recorder _recorder;
    private readonly OwnerCollection _collection;
    private readonly Task _running;

    public OwnerCollectionTests()
    {
        _recorder = new Recorder(_owner);
        _collection = new OwnerCollection(Two, _store.Store, new PieceLayers(_store.Folder, Logger.None), _recorder, _clock);
        _running = _collection.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _collection.Dispose();
        await _owner.DisposeAsync();
        _store.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task An_empty_folder_that_could_not_be_made_is_tried_again()
    {
        // What is in the way of the folder has to go to the trash, which is no folder.
        Directory.Delete(_store.Folder.Trash);
        File.WriteAllText(_store.Folder.Trash, "");
        var place = _store.Folder.CopyPath(Two, FilePath.Parse("empty"));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.WriteAllText(place, "in the way");
        Post(new FileEntry { Path = FilePath.Parse("empty"), Kind = EntryKind.EmptyFolder, Seq = 1 });
        await Eventually.HoldsAsync(() => _recorder.Failures.Count == 1, "the failure is told");
        Assert.Equal(1, _collection.Pending.Files);
        Assert.Equal(_recorder.Failures.Single(), Assert.Single(_collection.Pending.Waiting).Reason);

        _clock.Advance(TimeSpan.FromSeconds(1)); // It fails again, which is no news.
        File.Delete(_store.Folder.Trash);
        await Eventually.HoldsAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                return Directory.Exists(place);
            },
            "the folder is made");

        await Eventually.HoldsAsync(() => _collection.Pending.Files == 0, "nothing is pending");
        Assert.Single(_recorder.Failures);
        Assert.Equal(["in the way"], _store.Trashed());
    }

    [Fact]
    public async Task A_folder_that_is_wanted_no_more_is_not_tried_again()
    {
        File.WriteAllText(Directory.CreateDirectory(_store.Folder.PeerFolder(Two)).FullName + "/empty", "in the way");
        Directory.Delete(_store.Folder.Trash);
        File.WriteAllText(_store.Folder.Trash, "");
        var empty = new FileEntry { Path = FilePath.Parse("empty"), Kind = EntryKind.EmptyFolder, Seq = 1 };
        Post(empty);
        await Eventually.HoldsAsync(() => _collection.Pending.Waiting.Length == 1, "the folder waits");

        _collection.Post(() => new ListChanges([new EntryChange(empty, null)], ListId, IsWhole: true), 1);

        await Eventually.HoldsAsync(() => _collection.Pending.Files == 0, "nothing is pending");
    }

    [Fact]
    public async Task A_list_is_followed_once_the_ledger_is_on_the_disk()
    {
        _recorder.Known = 0;
        _collection.Post(() => new ListChanges([], ListId, IsWhole: true), 0);

        await Eventually.HoldsAsync(() => _recorder.Followed.SequenceEqual([ListId]), "the list is followed");
    }

    [Fact]
    public async Task A_list_is_not_followed_while_the_ledger_cannot_be_saved()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/full here.");
        _recorder.Known = 0;
        await _store.KeepAsync(Two, StoreUnderTest.Entry("kept", "x"), "x");
        FullDisk.Under(_store.Folder.CopyLog);
        Directory.CreateDirectory(_store.Folder.CopyLog + ".new"); // Nor can it be made anew.

        _collection.Post(() => new ListChanges([new EntryChange(StoreUnderTest.Entry("kept", "x"), null)], ListId, IsWhole: true), 1);
        await Eventually.HoldsAsync(() => _collection.Pending.Files == 0, "the changes are taken in");
        Assert.Empty(_recorder.Followed);

        Directory.Delete(_store.Folder.CopyLog + ".new");
        _collection.Post(() => new ListChanges([], ListId, IsWhole: true), 0);
        await Eventually.HoldsAsync(() => _recorder.Followed.SequenceEqual([ListId]), "the list is followed");
        _store.Restart();
        Assert.Equal(CopyStore.KeptSeq, Assert.Single(_store.Store.CopiesOf(Two)).Seq);
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_its_copy_is_put_in_place_does_not_stay()
    {
        var entry = _owner.Write("small", [1, 2, 3]);
        using var slow = new ManualResetEventSlim();
        var other = _owner.Write("other", new byte[9 << 20]);
        _owner.Files.OnOpen = path =>
        {
            if (path == other.Path.Value)
                slow.Wait(TestContext.Current.CancellationToken);
        };
        Post(entry, other); // While the layer of the other one is on its way the first one, whole, waits for it.
        await Eventually.HoldsAsync(() => Directory.GetFiles(_store.Folder.Temporary).Length == 1, "the first is whole");

        _collection.Post(() => new ListChanges([new EntryChange(entry, null)], ListId, IsWhole: true), 1);
        await Eventually.HoldsAsync(() => _collection.Pending.Files == 1, "the deletion is taken in");
        slow.Set();

        await Eventually.HoldsAsync(() => _recorder.Stored.Contains("other") && _recorder.Removed.Count(path => path == "small") == 2, "the other one is stored");
        Assert.False(File.Exists(_store.Folder.CopyPath(Two, entry.Path)));
        Assert.DoesNotContain("small", _recorder.Stored);
        Assert.Equal(["other"], _store.Store.CopiesOf(Two).Select(copy => copy.Path.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_renamed_does_not_travel_again(bool deletedFirst)
    {
        var old = _owner.Write("old", [1, 2, 3]);
        Post(old);
        await Eventually.HoldsAsync(() => _recorder.Stored.Contains("old"), "it is stored");
        var opened = _owner.Files.Opened;
        var renamed = old with { Path = FilePath.Parse("new"), Seq = 2 };

        EntryChange[] changes = deletedFirst ? [new(old, null), new(null, renamed)] : [new(null, renamed), new(old, null)];
        foreach (var change in changes)
            _collection.Post(() => new ListChanges([change], ListId, IsWhole: true), 1);

        await Eventually.HoldsAsync(() => _recorder.Stored.Contains("new") && _recorder.Removed.Contains("old"), "it is stored under its new name");
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_store.Folder.CopyPath(Two, renamed.Path)));
        Assert.False(File.Exists(_store.Folder.CopyPath(Two, old.Path)));
        Assert.Equal(opened, _owner.Files.Opened);
    }

    private void Post(params FileEntry[] entries) =>
        _collection.Post(() => new ListChanges(entries.Select(entry => new EntryChange(null, entry)), ListId, IsWhole: true), entries.Length);

    /// <summary>What the collection told; it follows a list already, unless told otherwise.</summary>
    private sealed class Recorder(HolderUnderTest owner) : ICollecting
    {
        public ulong Known { get; set; } = ListId;

        public ConcurrentQueue<string> Failures { get; } = new();

        public ConcurrentQueue<string> Stored { get; } = new();

        public ConcurrentQueue<string> Removed { get; } = new();

        public ConcurrentQueue<ulong> Followed { get; } = new();

        public IReadOnlyList<NodeId> HoldersOf(NodeId owner, FileEntry entry) => [owner];

        public async Task<BulkClient?> ConnectAsync(NodeId holder, CancellationToken stop) => await owner.ConnectAsync();

        public bool Continues(NodeId owner, ulong listId) => Known == listId;

        public void LinkLost(NodeId holder, PeerException reason)
        {
        }

        public void Recalled(NodeId owner, FileEntry file, int pieces, int of)
        {
        }

        void ICollecting.Stored(NodeId owner, IReadOnlyList<FileEntry> files, bool anew) => Each(files.Select(file => file.Path.Value), Stored);

        void ICollecting.Removed(NodeId owner, IReadOnlyList<FilePath> paths) => Each(paths.Select(path => path.Value), Removed);

        void ICollecting.Failed(NodeId owner, IReadOnlyCollection<(FileEntry File, string Reason)> failures) =>
            Each(failures.Select(failure => failure.Reason), Failures);

        void ICollecting.Followed(NodeId owner, ulong listId)
        {
            Followed.Enqueue(listId);
            Known = listId;
        }

        private static void Each(IEnumerable<string> texts, ConcurrentQueue<string> into)
        {
            foreach (var text in texts)
                into.Enqueue(text);
        }
    }
}
