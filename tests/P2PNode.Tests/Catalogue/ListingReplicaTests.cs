using System.Collections.Immutable;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class ListingReplicaTests
{
    private readonly Listing _listing = NewListing();
    private readonly ListingReplica _replica = new(Two);

    [Fact]
    public void A_new_replica_stands_at_the_start()
    {
        Assert.Equal(ListingPosition.Start, _replica.Position);
        Assert.False(_replica.IsComplete);
        Assert.Empty(_replica.Entries);
    }

    [Fact]
    public void A_batch_is_applied_and_says_what_changed()
    {
        Follow("a", "b");
        _listing.PutFile("a", 2);
        _listing.Remove("b");
        _listing.PutFile("c");
        _listing.PutFile("never seen");
        _listing.Remove("never seen");

        var applied = Assert.IsType<Applied>(_replica.Apply(_listing.After(_replica.Position).Single()));

        Assert.Equal(
            [new(File("a", 1), File("a", 3, 2)), new(File("b", 2), null), new(null, File("c", 5))],
            applied.Changes);
        AssertInStep();
    }

    [Fact]
    public void A_replica_is_complete_after_the_last_batch_only()
    {
        for (var i = 0; i < 1_500; i++)
            _listing.PutFile($"{i}");
        var batches = _listing.After(ListingPosition.Start).ToList();

        foreach (var batch in batches)
        {
            Assert.False(_replica.IsComplete);
            _replica.Apply(batch);
        }

        AssertInStep();
        _replica.Restart();
        Assert.False(_replica.IsComplete);
    }

    [Fact]
    public void A_list_of_long_paths_is_refused_before_it_takes_gigabytes()
    {
        var replica = new ListingReplica(Two, new ShortPaths());
        ImmutableArray<FileEntry> Batch(int from) => [.. Enumerable.Range(from, 10).Select(number => File($"{number:D100}", number))];

        Assert.IsType<Applied>(replica.Apply(new ListingBatch(Two, 99, 0, 10, Batch(1), Digest: null, More: true)));
        var result = replica.Apply(new ListingBatch(Two, 99, 10, 20, Batch(11), Digest: null, More: true));

        Assert.Equal("the paths of the list would exceed 1500 bytes", Assert.IsType<Refused>(result).Reason);
        Assert.Equal(0, replica.Count);
    }

    [Fact]
    public void A_list_without_end_is_refused_and_what_was_listed_before_stays()
    {
        var replica = new ListingReplica(Two, new FewEntries());
        _listing.PutFile("a");
        replica.Take(_listing.After(ListingPosition.Start));
        var taken = 0L;
        ApplyResult result;

        do
        {
            ImmutableArray<FileEntry> entries = [.. Enumerable.Range(1, 100).Select(number => File($"endless/{taken + number}", taken + number))];
            result = replica.Apply(new ListingBatch(Two, 99, taken, taken + 100, entries, Digest: null, More: true));
            taken += 100;
        }
        while (result is Applied && taken < 10_000);

        Assert.Equal("the list would exceed 1000 entries", Assert.IsType<Refused>(result).Reason);
        Assert.Equal(1_100, taken);
        Assert.Equal(_listing.Position, replica.Position);
    }

    [Fact]
    public void An_empty_batch_completes_a_restored_replica()
    {
        _listing.PutFile("a");
        var restored = new ListingReplica(Two, _listing.Position, _listing.Entries);
        Assert.False(restored.IsComplete);

        restored.Take(_listing.After(restored.Position));

        Assert.True(restored.IsComplete);
    }

    [Fact]
    public void A_snapshot_changes_nothing_until_it_is_whole_and_then_says_what_changed()
    {
        Follow("gone", "kept");
        var before = _replica.Position;
        var other = new Listing(Two, ListId + 1, 0, []);
        other.PutFile("a");
        other.PutFile("kept");
        for (var i = 0; i < 1_000; i++)
            other.PutFile($"{i:D4}");
        var batches = other.After(before).ToList();

        Assert.Empty(Assert.IsType<Applied>(_replica.Apply(batches[0])).Changes);
        Assert.Equal(before, _replica.Position);
        Assert.Equal(["gone", "kept"], _replica.Entries.Select(entry => entry.Path.Value));
        foreach (var batch in batches.Skip(1).SkipLast(1))
            _replica.Take([batch]);
        var applied = Assert.IsType<Applied>(_replica.Apply(batches[^1]));

        Assert.Equal(1_002, applied.Changes.Length);
        Assert.Contains(new EntryChange(File("gone", 1), null), applied.Changes);
        Assert.Contains(new EntryChange(null, File("a", 1)), applied.Changes);
        Assert.DoesNotContain(applied.Changes, change => change.Path == At("kept"));
        Assert.Equal(other.Position, _replica.Position);
        Assert.Equal(other.Entries, _replica.Entries);
    }

    [Fact]
    public void A_snapshot_may_go_back_where_the_owner_lost_what_it_had_sent()
    {
        Follow("a", "b", "c");
        var restored = new Listing(Two, ListId, 1, [File("a", 1)]);

        _replica.Take(restored.After(_replica.Position));

        Assert.Equal(restored.Position, _replica.Position);
    }

    [Fact]
    public void A_lost_batch_leaves_a_gap()
    {
        Follow("a");
        _listing.PutFile("b");
        var have = _listing.Position;
        _listing.PutFile("c");
        var later = _listing.After(have).Single();

        Assert.Equal(new Gap(_replica.Position), _replica.Apply(later));
        Assert.False(_replica.IsComplete);

        _replica.Take(_listing.After(_replica.Position));
        AssertInStep();
    }

    [Fact]
    public void A_batch_that_comes_twice_or_of_another_list_is_a_gap()
    {
        Follow("a");
        _listing.PutFile("b");
        var batch = _listing.After(_replica.Position).Single();
        _replica.Take([batch]);

        Assert.IsType<Gap>(_replica.Apply(batch));
        Assert.IsType<Gap>(_replica.Apply(batch with { ListId = ListId + 1, PrevSeq = 2, LastSeq = 3, Entries = [] }));
        Assert.Equal(_listing.Entries, _replica.Entries);
    }

    [Fact]
    public void A_snapshot_of_which_a_batch_was_lost_can_still_be_finished()
    {
        for (var i = 0; i < 1_500; i++)
            _listing.PutFile($"{i}");
        var batches = _listing.After(ListingPosition.Start).ToList();

        _replica.Take([batches[0]]);
        Assert.IsType<Gap>(_replica.Apply(batches[2]));
        _replica.Take(batches.Skip(1));
        AssertInStep();
    }

    [Fact]
    public void A_snapshot_is_not_continued_after_a_restart()
    {
        for (var i = 0; i < 1_500; i++)
            _listing.PutFile($"{i}");
        var batches = _listing.After(ListingPosition.Start).ToList();

        _replica.Take([batches[0]]);
        _replica.Restart();

        Assert.IsType<Gap>(_replica.Apply(batches[1]));
    }

    [Fact]
    public void Another_digest_is_noticed_and_the_batch_taken_back()
    {
        Follow("a", "b");
        var before = (_replica.Position, _replica.Entries.ToList(), _replica.Bytes);
        _listing.PutFile("a", 2);
        _listing.Remove("b");
        _listing.PutFile("c");
        var batch = _listing.After(_replica.Position).Single();

        Assert.IsType<Diverged>(_replica.Apply(batch with { Digest = DigestOf(File("x", 1)) }));

        Assert.Equal((before.Position, before.Bytes), (_replica.Position, _replica.Bytes));
        Assert.Equal(before.Item2, _replica.Entries);
        _replica.Take([batch]);
        AssertInStep();
    }

    [Fact]
    public void A_snapshot_with_another_digest_is_refused_and_leaves_the_list_as_it_was()
    {
        Follow("a");
        var snapshot = new Listing(Two, ListId + 1, 1, [File("b", 1)]).After(ListingPosition.Start).Single();

        var refused = Assert.IsType<Refused>(_replica.Apply(snapshot with { Digest = default(ListingDigest) }));

        Assert.Null(refused.AskAgainFrom);
        Assert.Equal(_listing.Entries, _replica.Entries);
    }

    [Fact]
    public void What_no_correct_owner_sends_is_refused_with_the_reason_and_changes_nothing()
    {
        Follow("a", "b/c");

        AssertRefused(Batch() with { Owner = Three }, "node 3");
        AssertRefused(Batch() with { PrevSeq = -1 }, "from -1 to");
        AssertRefused(Batch() with { LastSeq = 1 }, "from 2 to 1");
        AssertRefused(Batch() with { Digest = null }, "no digest");
        AssertRefused(Batch(File("x", 2)), "not above 2");
        AssertRefused(Batch(File("x", 4), File("y", 3)), "not above 4");
        AssertRefused(Batch(File("x", 3), File("y", 3)), "not above 3");
        AssertRefused(Batch(File("x", 10)), "ends at 9");
        AssertRefused(Batch(File("x", 0)), "numbers start at 1");
        AssertRefused(Batch(File("x", 3), Removal("x", 4)), "twice");
        AssertRefused(Batch(File("x", 3) with { Size = -1 }), "negative");
        AssertRefused(Batch(File("x", 3) with { MtimeTicks = -1 }), "years");
        AssertRefused(Batch(File("x", 3) with { MtimeTicks = long.MaxValue }), "years");
        AssertRefused(Batch(File("x", 3) with { Kind = (EntryKind)3 }), "unknown kind 3");
        AssertRefused(Batch(File("x", 3) with { Kind = EntryKind.EmptyFolder }), "no file");
        AssertRefused(Batch(Removal("a", 3) with { Root = Root(1) }), "no file");
        AssertRefused(Batch(File("x", 3), File("x/y", 4)) with { PrevSeq = 0 }, "beside 'x'");
        AssertRefused(Batch(File("x/y", 3), File("x", 4)) with { PrevSeq = 0 }, "beside 'x/y'");
        AssertRefused(Batch([.. Enumerable.Range(3, 1_001).Select(i => File($"{i}", i))]), "1001 entries");
    }

    [Fact]
    public void A_change_that_clashes_with_the_list_shows_that_it_went_apart()
    {
        Follow("a", "b/c");

        AssertDiverged(Batch(File("x", 3), File("a/b", 4)), "digest");
        AssertDiverged(Batch(File("x", 3), File("b", 4)), "digest");
    }

    [Fact]
    public void A_file_may_become_a_folder_of_which_only_the_content_is_told()
    {
        Follow("a", "b/c");
        _listing.Remove("a");
        _listing.PutFolder("a");
        _listing.PutFile("a/d");
        _listing.Remove("a");
        _listing.Remove("b/c");
        _listing.PutFile("b");

        var batch = _listing.After(_replica.Position).Single();
        Assert.Equal(["a/d", "a", "b/c", "b"], batch.Entries.Select(entry => entry.Path.Value));
        var changes = Assert.IsType<Applied>(_replica.Apply(batch)).Changes;
        Assert.Equal(["a", "a/d", "b/c", "b"], changes.Select(change => change.Path.Value));
        AssertInStep();
    }

    [Fact]
    public void A_refused_batch_ends_the_snapshot_under_way()
    {
        for (var i = 0; i < 1_500; i++)
            _listing.PutFile($"{i}");
        var batches = _listing.After(ListingPosition.Start).ToList();

        _replica.Take([batches[0]]);
        AssertRefused(batches[1] with { LastSeq = 0 }, "to 0");

        Assert.IsType<Gap>(_replica.Apply(batches[1]));
    }

    [Fact]
    public void A_path_may_turn_from_a_file_into_a_folder_in_one_batch()
    {
        Follow("a", "b/c");
        _listing.Remove("a");
        _listing.PutFile("a/d");
        _listing.Remove("b/c");
        _listing.PutFile("b");

        _replica.Take(_listing.After(_replica.Position));

        AssertInStep();
    }

    [Fact]
    public void Damaged_state_is_not_restored()
    {
        _listing.PutFile("a");
        var position = _listing.Position;

        Assert.Throws<ArgumentException>(() => new ListingReplica(Two, position, []));
        Assert.Throws<ArgumentException>(() => new ListingReplica(Two, position, [File("a", 1), File("a", 1)]));
        Assert.Throws<ArgumentException>(() => new ListingReplica(Two, position with { Seq = 0 }, _listing.Entries));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ListingReplica(Two, position with { Seq = -1 }, []));
    }

    [Fact]
    public void Sizes_that_no_number_holds_are_still_summed_up()
    {
        var huge = File("a", 1) with { Size = long.MaxValue };
        var second = huge with { Path = At("b"), Seq = 2 };
        _replica.Take([Batch(huge, second) with { PrevSeq = 0, Digest = DigestOf(huge, second) }]);
        Assert.Equal(long.MaxValue, _replica.Bytes);

        _replica.Take([Batch(Removal("a", 10)) with { PrevSeq = 9, LastSeq = 10, Digest = DigestOf(second) }]);
        Assert.Equal(long.MaxValue, _replica.Bytes);
        _replica.Take([Batch(Removal("b", 11)) with { PrevSeq = 10, LastSeq = 11, Digest = default(ListingDigest) }]);
        Assert.Equal(0, _replica.Bytes);
    }

    private void Follow(params string[] files)
    {
        foreach (var file in files)
            _listing.PutFile(file);
        _replica.Take(_listing.After(_replica.Position));
    }

    private static ListingBatch Batch(params ImmutableArray<FileEntry> entries) =>
        new(Two, ListId, PrevSeq: 2, LastSeq: 9, entries, default(ListingDigest), More: false);

    private void AssertRefused(ListingBatch batch, string because) =>
        Assert.Contains(because, Assert.IsType<Refused>(ApplyInVain(batch)).Reason, StringComparison.Ordinal);

    private void AssertDiverged(ListingBatch batch, string because) =>
        Assert.Contains(because, Assert.IsType<Diverged>(ApplyInVain(batch)).Reason, StringComparison.Ordinal);

    private ApplyResult ApplyInVain(ListingBatch batch)
    {
        var (position, entries) = (_replica.Position, _replica.Entries.ToList());

        var result = _replica.Apply(batch);

        Assert.Equal(position, _replica.Position);
        Assert.Equal(entries, _replica.Entries);
        Assert.False(_replica.IsComplete);
        return result;
    }

    private void AssertInStep()
    {
        Assert.Equal(_listing.Position, _replica.Position);
        Assert.Equal(_listing.Entries, _replica.Entries);
        Assert.True(_replica.IsComplete);
    }

    private sealed class ShortPaths : ListingRules
    {
        public override long MaxPathBytes => 1_500;
    }

    private sealed class FewEntries : ListingRules
    {
        public override int MaxEntries => 1_000;
    }
}
