using System.Text;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

public sealed class CopyStoreTests : IDisposable
{
    private static readonly NodeId Two = new(2);

    private readonly StoreUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_received_file_comes_to_its_place_with_content_time_and_mode()
    {
        var entry = StoreUnderTest.Entry("docs/tool", "content") with { Executable = true };
        Assert.Empty(await _test.KeepAsync(Two, entry, "content"));

        var path = _test.Folder.CopyPath(Two, entry.Path);
        Assert.Equal("content", File.ReadAllText(path));
        Assert.Equal(entry.MtimeTicks, File.GetLastWriteTimeUtc(path).Ticks);
        Assert.Equal(entry, _test.Store.Find(Two, entry.Path));
        Assert.Empty(Directory.GetFileSystemEntries(_test.Folder.Temporary));
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task A_file_may_come_in_parts_that_are_hashed_on_the_way()
    {
        var entry = StoreUnderTest.Entry("a", "one two");
        using var copy = _test.Store.Receive(Two, entry);
        copy.Append("one "u8);
        copy.Append("two"u8);
        copy.Finish();

        Assert.Empty(await _test.Store.CommitAsync([copy]));
        Assert.Equal("one two", _test.Content(Two, "a"));
    }

    [Fact]
    public async Task Parts_that_the_caller_verifies_may_come_in_any_order()
    {
        var entry = StoreUnderTest.Entry("a", "one two");
        using var copy = _test.Store.Receive(Two, entry);
        copy.Write(4, "two"u8);
        copy.Write(0, "one "u8);
        copy.Finish(piecesVerified: true);

        Assert.Empty(await _test.Store.CommitAsync([copy]));
        Assert.Equal("one two", _test.Content(Two, "a"));
    }

    [Fact]
    public async Task Wrong_bytes_are_refused_and_leave_nothing_behind()
    {
        var entry = StoreUnderTest.Entry("a", "right");
        using (var copy = _test.Store.Receive(Two, entry))
        {
            copy.Append("wrong"u8);
            Assert.Equal(CopyFault.WrongContent, Assert.Throws<CopyException>(() => copy.Finish()).Fault);
            await Assert.ThrowsAsync<ArgumentException>(() => _test.Store.CommitAsync([copy]));
        }

        Assert.Throws<CopyException>(() => _test.Store.WriteSmall(Two, entry, "wrong"u8));
        Assert.Throws<CopyException>(() => _test.Store.Receive(Two, entry).Append("too many bytes"u8));
        Assert.Null(_test.Store.Find(Two, entry.Path));
    }

    [Fact]
    public async Task A_newer_version_takes_the_place_of_an_older_one()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "old"), "old");
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "newer"), "newer");

        Assert.Equal("newer", _test.Content(Two, "a"));
        Assert.Empty(_test.Trashed());
    }

    [Fact]
    public async Task What_a_user_put_in_the_place_goes_to_the_trash_and_is_never_overwritten()
    {
        Directory.CreateDirectory(_test.Folder.PeerFolder(Two));
        File.WriteAllText(Path.Combine(_test.Folder.PeerFolder(Two), "a"), "mine");
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "theirs"), "theirs");

        Assert.Equal("theirs", _test.Content(Two, "a"));
        Assert.Equal(["mine"], _test.Trashed());
    }

    [Fact]
    public async Task A_copy_that_a_user_edited_goes_to_the_trash_when_a_newer_version_comes()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "old"), "old");
        File.WriteAllText(_test.Folder.CopyPath(Two, FilePath.Parse("a")), "edited");
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "new"), "new");

        Assert.Equal("new", _test.Content(Two, "a"));
        Assert.Equal(["edited"], _test.Trashed());
    }

    [Theory]
    [InlineData("x", "x/y")]
    [InlineData("x/y", "x")]
    public async Task A_file_and_a_folder_of_one_name_follow_each_other(string first, string second)
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry(first, "1"), "1");
        Assert.Empty(await _test.KeepAsync(Two, StoreUnderTest.Entry(second, "2"), "2"));

        Assert.Equal("2", _test.Content(Two, second));
        Assert.Equal(["1"], _test.Trashed());
    }

    [Fact]
    public async Task No_link_is_passed_on_the_way_to_the_place()
    {
        var outside = _test.Outside("outside");
        Directory.CreateDirectory(_test.Folder.PeerFolder(Two));
        Directory.CreateSymbolicLink(Path.Combine(_test.Folder.PeerFolder(Two), "x"), outside);

        Assert.Empty(await _test.KeepAsync(Two, StoreUnderTest.Entry("x/y", "1"), "1"));

        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal("1", _test.Content(Two, "x/y"));
    }

    [Fact]
    public async Task A_removed_copy_goes_to_the_trash_with_the_folders_that_it_leaves_empty()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a/b/c", "1"), "1");
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a/d", "2"), "2");

        _test.Store.Remove(Two, [FilePath.Parse("a/b/c"), FilePath.Parse("never/there")]);

        Assert.Equal(["1"], _test.Trashed());
        Assert.False(Directory.Exists(_test.Folder.CopyPath(Two, FilePath.Parse("a/b"))));
        Assert.Equal("2", _test.Content(Two, "a/d"));
        Assert.Equal(["a/d"], _test.Store.CopiesOf(Two).Select(entry => entry.Path.Value));
    }

    [Fact]
    public async Task An_empty_folder_that_is_wanted_stays_until_it_is_removed()
    {
        var empty = new FileEntry { Path = FilePath.Parse("a/empty"), Kind = EntryKind.EmptyFolder };
        _test.Store.EnsureFolder(Two, empty);
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a/empty/file", "1"), "1");
        _test.Store.Remove(Two, [FilePath.Parse("a/empty/file")]);
        Assert.True(Directory.Exists(_test.Folder.CopyPath(Two, empty.Path)));

        _test.Store.Remove(Two, [empty.Path]);
        Assert.False(Directory.Exists(_test.Folder.PeerFolder(Two)));
    }

    [Fact]
    public async Task A_copy_that_a_user_edited_is_left_where_it_is_when_it_should_go()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "old"), "old");
        File.WriteAllText(_test.Folder.CopyPath(Two, FilePath.Parse("a")), "edited");

        _test.Store.Remove(Two, [FilePath.Parse("a")]);

        Assert.Equal("edited", _test.Content(Two, "a"));
        Assert.Null(_test.Store.Find(Two, FilePath.Parse("a")));
    }

    [Fact]
    public async Task A_restart_knows_the_copies_that_are_in_place_and_forgets_the_others()
    {
        foreach (var name in new[] { "kept", "edited", "gone" })
            await _test.KeepAsync(Two, StoreUnderTest.Entry(name, name), name);
        File.WriteAllText(_test.Folder.CopyPath(Two, FilePath.Parse("edited")), "by a user");
        File.Delete(_test.Folder.CopyPath(Two, FilePath.Parse("gone")));

        _test.Restart();

        Assert.Equal(["kept"], _test.Store.CopiesOf(Two).Select(entry => entry.Path.Value));
        Assert.Equal([Two], _test.Store.Owners);
    }

    [Fact]
    public async Task A_look_at_the_copies_tells_which_are_missing_or_were_changed()
    {
        foreach (var path in (string[])["kept", "gone", "edited"])
            await _test.KeepAsync(Two, StoreUnderTest.Entry(path, path), path);
        File.Delete(_test.Folder.CopyPath(Two, FilePath.Parse("gone")));
        File.WriteAllText(_test.Folder.CopyPath(Two, FilePath.Parse("edited")), "by hand");
        List<string> lost = [];
        _test.Store.Lost += (owner, paths) => lost.AddRange(paths.Select(path => $"{owner}/{path}"));

        _test.Store.Check(TestContext.Current.CancellationToken);

        Assert.Equal(["2/edited", "2/gone"], lost.Order());
        Assert.Equal(["kept"], _test.Store.CopiesOf(Two).Select(copy => copy.Path.Value));
    }

    [Fact]
    public async Task Copies_are_not_given_up_while_the_marker_is_missing()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "x"), "x");
        File.Delete(_test.Folder.CopyPath(Two, FilePath.Parse("a")));
        File.Delete(Path.Combine(_test.Folder.State, "marker"));

        _test.Store.Check(TestContext.Current.CancellationToken);

        Assert.Single(_test.Store.CopiesOf(Two));
    }

    [Fact]
    public async Task The_copies_are_looked_at_each_hour()
    {
        using var stop = new CancellationTokenSource();
        var clock = new ManualClock();
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "x"), "x");
        var running = new CopyReview(_test.Store, clock).RunAsync(stop.Token);
        File.Delete(_test.Folder.CopyPath(Two, FilePath.Parse("a")));

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Single(_test.Store.CopiesOf(Two));
        clock.Advance(TimeSpan.FromMinutes(1));

        await Eventually.HoldsAsync(() => _test.Store.CopiesOf(Two).Count == 0, "the copy is missed");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_copy_without_a_row_is_adopted_by_its_content()
    {
        var entry = StoreUnderTest.Entry("a/b", "content");
        await _test.KeepAsync(Two, entry, "content");
        File.Delete(Path.Combine(_test.Folder.State, "copies.log"));
        _test.Restart();
        Assert.Null(_test.Store.Find(Two, entry.Path));

        Assert.False(_test.Store.Adopt(Two, StoreUnderTest.Entry("a/b", "another"), TestContext.Current.CancellationToken));
        Assert.False(_test.Store.Adopt(Two, StoreUnderTest.Entry("a/c", "content"), TestContext.Current.CancellationToken));
        Assert.True(_test.Store.Adopt(Two, entry, TestContext.Current.CancellationToken));
        Assert.Equal(entry, _test.Store.Find(Two, entry.Path));
    }

    [Fact]
    public async Task A_new_time_or_mode_of_the_same_content_needs_no_fetching()
    {
        var entry = StoreUnderTest.Entry("a", "content");
        await _test.KeepAsync(Two, entry, "content");
        var newer = entry with { MtimeTicks = entry.MtimeTicks + 5, Executable = true };

        Assert.True(_test.Store.Adopt(Two, newer, TestContext.Current.CancellationToken));

        _test.Restart();
        Assert.Equal(newer, _test.Store.Find(Two, entry.Path));
    }

    [Fact]
    public async Task A_copy_is_opened_for_serving_only_while_it_is_as_it_was_kept()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "content"), "content");
        using (var file = _test.Store.OpenCopy(Two, FilePath.Parse("a")))
        {
            var bytes = new byte[7];
            RandomAccess.Read(file!.Handle, bytes, 0);
            Assert.Equal("content", Encoding.UTF8.GetString(bytes));
        }

        File.WriteAllText(_test.Folder.CopyPath(Two, FilePath.Parse("a")), "edited");

        Assert.Null(_test.Store.OpenCopy(Two, FilePath.Parse("a")));
        Assert.Null(_test.Store.Find(Two, FilePath.Parse("a")));
        Assert.Null(_test.Store.OpenCopy(Two, FilePath.Parse("b")));
    }

    [Fact]
    public async Task Many_files_are_committed_in_one_go_and_fail_one_by_one()
    {
        var copies = Enumerable.Range(0, 100)
            .Select(i => _test.Store.WriteSmall(Two, StoreUnderTest.Entry($"d{i % 7}/{i}", $"{i}"), Encoding.UTF8.GetBytes($"{i}")))
            .ToList();
        File.Delete(Directory.GetFiles(_test.Folder.Temporary).Order().First());

        var failures = await _test.Store.CommitAsync(copies);

        Assert.Equal(CopyFault.WriteFailed, Assert.Single(failures).Reason.Fault);
        Assert.Equal(99, _test.Store.CopiesOf(Two).Count);
        Assert.All(_test.Store.CopiesOf(Two), entry => Assert.Equal(entry.Path.Name, _test.Content(Two, entry.Path.Value)));
        Assert.Empty(Directory.GetFileSystemEntries(_test.Folder.Temporary));
    }

    [Fact]
    public void A_file_that_does_not_fit_on_the_disk_is_refused_before_it_is_begun()
    {
        var entry = StoreUnderTest.Entry("huge", "x") with { Size = 1L << 60 };

        Assert.Equal(CopyFault.DiskFull, Assert.Throws<CopyException>(() => _test.Store.Receive(Two, entry)).Fault);
    }

    [Fact]
    public void A_copy_that_is_given_up_leaves_nothing_behind()
    {
        _test.Store.Receive(Two, StoreUnderTest.Entry("a", "a")).Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(_test.Folder.Temporary));
    }

    [Fact]
    public void A_lost_temporary_folder_fails_the_copies_and_nothing_else()
    {
        var begun = _test.Store.Receive(Two, StoreUnderTest.Entry("begun", "a"));
        Directory.Delete(_test.Folder.Temporary, recursive: true);

        begun.Dispose();
        var large = StoreUnderTest.Entry("large", "x") with { Size = 1 << 20 };
        Assert.Equal(CopyFault.WriteFailed, Assert.Throws<CopyException>(() => _test.Store.Receive(Two, large)).Fault);
    }
}
