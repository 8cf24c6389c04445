using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Transfer;

public sealed class DownloadTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly StoreUnderTest _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Files_of_all_sizes_come_whole()
    {
        await using var owner = new HolderUnderTest(2);
        int[] sizes = [0, 1, 16 * 1024, 600_000, 5 * MiB, 8 * MiB - 1, 8 * MiB, 8 * MiB + 1, 21 * MiB + 12345];
        var entries = sizes.Select((size, i) => (Entry: owner.Write($"f{i}", RandomNumberGenerator.GetBytes(size)), Content: File.ReadAllBytes(owner.Root + $"/f{i}"))).ToList();
        await using var test = new DownloadUnderTest(_store, owner);

        foreach (var (entry, _) in entries)
            test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == entries.Count, "all are stored");

        foreach (var (entry, content) in entries)
            Assert.True(content.AsSpan().SequenceEqual(test.Content(entry)), entry.Path.Value);
        Assert.Equal((0, 0L), (test.Download.Pending.Files, test.Download.Pending.Bytes));
        Assert.Empty(test.Failed);
        Assert.Empty(Directory.GetFiles(_store.Folder.Partial));
    }

    [Fact]
    public async Task A_large_file_comes_from_several_holders_at_once()
    {
        var content = RandomNumberGenerator.GetBytes(64 * MiB);
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 40_000_000);
        await using var other = new HolderUnderTest(3, bytesPerSecond: 40_000_000);
        var entry = owner.Write("large", content);
        other.Write("large", content);
        await using var test = new DownloadUnderTest(_store, owner, other);

        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.True(content.AsSpan().SequenceEqual(test.Content(entry)));
        Assert.InRange(owner.Files.Opened, 1, int.MaxValue);
        Assert.InRange(other.Files.Opened, 1, int.MaxValue);
    }

    [Fact]
    public async Task A_holder_that_sends_bad_blocks_is_dropped_and_named_and_the_file_comes_from_another()
    {
        var content = RandomNumberGenerator.GetBytes(24 * MiB);
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 10_000_000);
        await using var liar = new HolderUnderTest(3);
        var entry = owner.Write("large", content);
        liar.Write("large", RandomNumberGenerator.GetBytes(content.Length));
        await using var test = new DownloadUnderTest(_store, owner, liar);

        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.True(content.AsSpan().SequenceEqual(test.Content(entry)));

        // Each of its two links may have brought two bad blocks by then.
        var violations = test.Lost.Where(lost => lost.Reason.Fault is PeerFault.Violation).ToList();
        Assert.InRange(violations.Count, 1, 2);
        Assert.All(violations, lost => Assert.Equal(liar.Id, lost.Holder));
        Assert.All(violations, lost => Assert.Contains("large", lost.Reason.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slow_holder_does_not_hold_up_the_end_of_a_large_file()
    {
        var content = RandomNumberGenerator.GetBytes(40 * MiB);
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 300_000);
        await using var other = new HolderUnderTest(3);
        var entry = owner.Write("large", content);
        other.Write("large", content);
        await using var test = new DownloadUnderTest(_store, other, owner);

        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.True(content.AsSpan().SequenceEqual(test.Content(entry)));
    }

    [Fact]
    public async Task A_holder_that_hangs_up_at_once_is_not_dialled_without_end()
    {
        await using var owner = new HolderUnderTest(2);
        var entry = owner.Write("a", [1]);
        owner.HangsUp = true;
        await using var test = new DownloadUnderTest(_store, owner);
        var started = TimeProvider.System.GetTimestamp();
        test.Download.Add(entry);

        await Eventually.HoldsAsync(() => test.Lost.Count >= 4, "it hung up several times");

        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 700, 20_000);
    }

    [Fact]
    public async Task Small_files_that_a_holder_has_otherwise_come_from_the_owner()
    {
        await using var liar = new HolderUnderTest(3);
        await using var owner = new HolderUnderTest(2);
        var entries = Enumerable.Range(0, 20).Select(i => owner.Write($"{i}", RandomNumberGenerator.GetBytes(1000))).ToList();
        foreach (var entry in entries)
            liar.Write(entry.Path.Value, RandomNumberGenerator.GetBytes(1000));
        await using var test = new DownloadUnderTest(_store, liar, owner);

        entries.ForEach(entry => test.Download.Add(entry));
        await Eventually.HoldsAsync(() => test.Stored.Count == entries.Count, "all are stored");

        Assert.All(entries, entry => Assert.Equal(entry.Root, ContentHasher.Of(test.Content(entry))));
        Assert.Contains(test.Lost, lost => lost.Holder == liar.Id && lost.Reason.Fault is PeerFault.Violation);
    }

    [Fact]
    public async Task What_came_before_the_links_were_cut_is_not_fetched_again()
    {
        var content = RandomNumberGenerator.GetBytes(48 * MiB);
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 60_000_000);
        var entry = owner.Write("large", content);
        await using (var test = new DownloadUnderTest(_store, owner))
        {
            test.Download.Add(entry);
            await Eventually.HoldsAsync(() => test.Download.Transfers is [{ Done: > 8 * MiB }], "a part of it is here");
            owner.Cut();
            await Eventually.HoldsAsync(() => test.Stored.Count == 1 || test.Download.Transfers is [{ Done: > 24 * MiB }], "it goes on over new links");
        }

        await using var later = new DownloadUnderTest(_store, owner);
        later.Download.Add(entry);
        await Eventually.HoldsAsync(() => later.Stored.Count == 1, "it is stored");

        Assert.InRange(later.Recalled, 24, 48);
        Assert.True(content.AsSpan().SequenceEqual(later.Content(entry)));
    }

    [Fact]
    public async Task What_lies_there_half_written_or_damaged_is_fetched_again()
    {
        var content = RandomNumberGenerator.GetBytes(16 * MiB);
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 20_000_000);
        var entry = owner.Write("large", content);
        await using (var test = new DownloadUnderTest(_store, owner))
        {
            test.Download.Add(entry);
            await Eventually.HoldsAsync(() => test.Download.Transfers is [{ Done: > 4 * MiB }], "a part of it is here");
        }

        // As after a loss of power: the size is there, the bytes are not.
        var partial = Assert.Single(Directory.GetFiles(_store.Folder.Partial));
        using (var file = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, content.Length);
            RandomAccess.Write(file, new byte[3 * MiB], 0);
        }

        await using var later = new DownloadUnderTest(_store, owner);
        later.Download.Add(entry);
        await Eventually.HoldsAsync(() => later.Stored.Count == 1, "it is stored");

        Assert.True(content.AsSpan().SequenceEqual(later.Content(entry)));
        Assert.InRange(later.Recalled, 0, 13);
    }

    [Fact]
    public async Task Of_a_new_version_only_what_changed_travels()
    {
        var content = RandomNumberGenerator.GetBytes(20 * MiB + 500);
        await using var owner = new HolderUnderTest(2);
        await using var test = new DownloadUnderTest(_store, owner);
        test.Download.Add(owner.Write("large", content));
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "the first version is stored");

        content[7 * MiB]++;
        Array.Resize(ref content, content.Length + 3 * MiB);
        var entry = owner.Write("large", content);
        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == 2, "the second version is stored");

        Assert.Equal(19, test.Recalled);
        Assert.True(content.AsSpan().SequenceEqual(test.Content(entry)));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_dropped_and_its_new_version_taken()
    {
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 20_000_000);
        var entry = owner.Write("large", RandomNumberGenerator.GetBytes(32 * MiB));
        await using var test = new DownloadUnderTest(_store, owner);
        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Download.Transfers is [{ Done: > 2 * MiB }], "a part of it is here");

        var content = RandomNumberGenerator.GetBytes(32 * MiB + 1);
        var newer = owner.Write("large", content);
        await Eventually.HoldsAsync(() => !test.Failed.IsEmpty, "the change is noticed");
        Assert.Equal("it changed while it was read", test.Failed.First().Reason);
        test.Download.Add(newer);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "the new version is stored");

        Assert.True(content.AsSpan().SequenceEqual(test.Content(newer)));
    }

    [Fact]
    public async Task Runs_of_zeros_take_no_room()
    {
        var content = new byte[40 * MiB];
        content[20 * MiB] = 1;
        await using var owner = new HolderUnderTest(2);
        var entry = owner.Write("sparse", content);
        await using var test = new DownloadUnderTest(_store, owner);

        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.True(content.AsSpan().SequenceEqual(test.Content(entry)));
        if (OperatingSystem.IsLinux())
            Assert.InRange(DiskUse.Of(_store.Folder.CopyPath(DownloadUnderTest.Owner, entry.Path)), 1, 2 * MiB);
    }

    [Fact]
    public async Task A_file_that_is_taken_out_leaves_nothing_behind()
    {
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 20_000_000);
        var entry = owner.Write("large", RandomNumberGenerator.GetBytes(32 * MiB));
        await using var test = new DownloadUnderTest(_store, owner);
        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Download.Transfers is [{ Done: > 2 * MiB }], "a part of it is here");

        test.Download.Remove(entry.Path);

        Assert.Empty(Directory.GetFiles(_store.Folder.Partial));
        var small = owner.Write("small", [1, 2, 3]);
        test.Download.Add(small);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "another file is stored");
        Assert.Equal(small, test.Stored.Single());
    }

    [Fact]
    public async Task A_version_that_needs_no_pieces_leaves_none_of_an_earlier_one_behind()
    {
        await using var owner = new HolderUnderTest(2, bytesPerSecond: 20_000_000);
        var large = owner.Write("a", RandomNumberGenerator.GetBytes(32 * MiB));
        await using var test = new DownloadUnderTest(_store, owner);
        test.Download.Add(large);
        await Eventually.HoldsAsync(() => test.Download.Transfers is [{ Done: > 2 * MiB }], "a part of it is here");
        Assert.Single(Directory.GetFiles(_store.Folder.Partial));

        test.Download.Add(owner.Write("a", [1, 2, 3]));
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "the small version is stored");

        Assert.Empty(Directory.GetFiles(_store.Folder.Partial));
    }

    [Fact]
    public async Task A_file_that_was_not_to_be_had_is_tried_again()
    {
        await using var owner = new HolderUnderTest(2);
        var entry = owner.Write("late", [1, 2, 3]);
        File.Delete(owner.Root + "/late");
        await using var test = new DownloadUnderTest(_store, owner);
        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => !test.Failed.IsEmpty, "its lack is told");

        owner.Write("late", [1, 2, 3]);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");
    }
}
