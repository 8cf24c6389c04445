using P2PNode.Core;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

/// <summary>
/// An owner that edits, crashes and loses its state, and a subscriber behind a network that loses, repeats and reorders
/// batches. What a step does depends on its number alone. Invariants are checked after every step.
/// </summary>
internal sealed class ListingWorld
{
    /// <summary>Paths so long that 44 of them fill a batch, with files and folders that get in each other's way.</summary>
    private static readonly FilePath[] Paths =
    [
        .. from folder in Enumerable.Range(0, 25)
           from name in new[] { "", "/a", "/b", "/a/c", "!d" }
           select At($"{folder:D2}{string.Join('/', Enumerable.Repeat(new string('x', 250), 4))[2..]}{name}"),
    ];

    private readonly HashSet<(ulong ListId, long Seq)> _given = [];
    private readonly List<ListingBatch> _wire = [];
    private readonly HashSet<ListingBatch> _corrupt = new(ReferenceEqualityComparer.Instance);
    private Listing _owner = NewListing();
    private SeqReserve _reserve;
    private (long Seq, List<FileEntry> Entries) _stored = (0, []);
    private IEnumerator<ListingBatch>? _stream;
    private bool _needsSnapshot;
    private bool _linkIsLost;

    public ListingReplica Replica { get; private set; } = new(Two);

    public static ListingWorld Filled()
    {
        var world = new ListingWorld();
        for (var i = 0; i < Paths.Length; i++)
            world.Put(Paths[i], i);
        world.Store();
        return world;
    }

    public void Step(int number)
    {
        var (action, argument) = (number % 32, number / 32);
        var path = Paths[argument % Paths.Length];
        switch (action)
        {
            case < 9:
                Put(path, argument);
                break;
            case < 14:
                Record(_owner.Remove(path));
                break;
            case < 16:
                Ask();
                break;
            case < 20:
                Pull();
                break;
            case < 24:
                Deliver(0);
                break;
            case 24:
                Deliver(_wire.Count - 1);
                break;
            case 25 when _wire.Count > 0:
                _wire.RemoveAt(argument % _wire.Count);
                break;
            case 26 when _wire.Count > 0:
                _wire.Insert(argument % _wire.Count, _wire[0]);
                break;
            case 27:
                Store();
                break;
            case 28:
                CrashOwner();
                break;
            case 29:
                StartNewList();
                break;
            case 30:
                RestartSubscriber();
                break;
            case 31 when _wire.Count > 0:
                Corrupt(argument);
                break;
        }

        AssertSound();
    }

    /// <summary>Lets the network heal. A correct pair needs at most two questions: one answer may end in a snapshot.</summary>
    public void Settle()
    {
        _wire.Clear();
        for (var questions = 0; questions < 3; questions++)
        {
            Ask();
            while (_stream is not null)
                Pull();
            while (_wire.Count > 0)
                Deliver(0);
        }

        Assert.True(Replica.IsComplete);
        Assert.Equal(_owner.Position, Replica.Position);
        Assert.Equal(_owner.Entries, Replica.Entries);
    }

    private void Put(FilePath path, int content)
    {
        var kind = content % 5 == 0 ? EntryKind.EmptyFolder : EntryKind.File;
        foreach (var obstacle in _owner.InTheWayOf(path, kind))
            Record(_owner.Remove(obstacle.Path));
        Record(kind == EntryKind.File
            ? _owner.Put(path, kind, content, content, false, Root(content % 7))
            : _owner.Put(path, kind, 0, content, false, default));
    }

    private void Record(FileEntry? change)
    {
        if (change is null)
            return;
        Assert.True(_given.Add((_owner.ListId, change.Seq)), $"The number {change.Seq} was given twice.");
        _reserve = _reserve.ExtendedTo(change.Seq + 1);
    }

    private void Ask()
    {
        if (_linkIsLost)
            _wire.Clear(); // What came over a link that broke comes before what is asked for over the next, or never.
        _linkIsLost = false;
        Replica.Restart();
        _stream?.Dispose();
        _stream = _owner.After(_needsSnapshot ? ListingPosition.Start : Replica.Position).GetEnumerator();
        _needsSnapshot = false;
    }

    private void Pull()
    {
        if (_stream?.MoveNext() == true)
        {
            Assert.InRange(_stream.Current.Entries.Sum(ListingLimits.EncodedBytes), 0, ListingLimits.MaxBatchBytes);
            Assert.Equal(_stream.Current.More, _stream.Current.Digest is null);
            _wire.Add(_stream.Current);
        }
        else
        {
            _stream = null;
        }
    }

    private void Deliver(int index)
    {
        if (_wire.Count == 0)
            return;
        var before = Replica.Position;
        var result = Replica.Apply(_wire[index]);
        Assert.True(result is Applied || Replica.Position == before, $"{result} changed the replica.");
        Assert.True(result is not Refused || _corrupt.Contains(_wire[index]), $"{result}");
        _needsSnapshot |= result is Diverged;
        _wire.RemoveAt(index);
    }

    /// <summary>Leaves an entry out of a last batch, as a bug at the owner might.</summary>
    private void Corrupt(int argument)
    {
        var index = argument % _wire.Count;
        var batch = _wire[index];
        if (batch.Digest is null || batch.Entries.Length == 0)
            return;
        _wire[index] = batch with { Entries = batch.Entries.RemoveAt(argument % batch.Entries.Length) };
        _corrupt.Add(_wire[index]);
    }

    private void Store() => _stored = (_owner.Position.Seq, [.. _owner.Entries]);

    /// <summary>All that was not stored is lost, though batches with it may have been sent.</summary>
    private void CrashOwner()
    {
        _stream = null;
        _linkIsLost = true;
        _owner = new Listing(Two, _owner.ListId, Math.Max(_stored.Seq, _reserve.UpTo), _stored.Entries);
    }

    private void StartNewList()
    {
        _stream = null;
        _owner = new Listing(Two, _owner.ListId + 1, 0, []);
        _reserve = default;
        Store();
    }

    private void RestartSubscriber() => Replica = new ListingReplica(Two, Replica.Position, [.. Replica.Entries]);

    private void AssertSound()
    {
        Assert.Equal(DigestOf(_owner.Entries), _owner.Position.Digest);
        Assert.Equal(DigestOf(Replica.Entries), Replica.Position.Digest);
        Assert.Equal(Replica.Entries.Sum(entry => entry.Size), Replica.Bytes);
        Assert.Equal(Replica.Entries.Count(entry => entry.Kind == EntryKind.File), Replica.Files);
        if (Replica.IsComplete && Replica.Position == _owner.Position)
            Assert.Equal(_owner.Entries, Replica.Entries);
    }
}
