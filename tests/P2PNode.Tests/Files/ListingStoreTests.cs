using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using Serilog.Core;

namespace P2PNode.Tests.Files;

public sealed class ListingStoreTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly NodeFolder _folder;

    public ListingStoreTests() => _folder = NodeFolder.Open(_temporary["NODE1"], Logger.None);

    public void Dispose()
    {
        _folder.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void What_was_appended_is_there_after_a_restart_and_numbers_go_on()
    {
        ulong listId;
        using (var store = Open())
        {
            listId = store.Position.ListId;
            store.Append([File("a"), File("b"), new OwnChange(FilePath.Parse("c"), EntryKind.EmptyFolder)]);
            store.Append([new OwnChange(FilePath.Parse("b"), EntryKind.Removed)]);
        }

        using var again = Open();
        Assert.Equal(listId, again.Position.ListId);
        Assert.Equal(4, again.Position.Seq);
        Assert.Equal(["a", "c"], again.Snapshot().Select(entry => entry.Path.Value));
        Assert.Equal(5, Assert.Single(again.Append([File("d")])).Seq);
    }

    [Fact]
    public void Every_field_of_an_entry_survives()
    {
        using (var store = Open())
            store.Append([File("a")]);

        using var again = Open();
        var entry = Assert.Single(again.Snapshot());
        Assert.Equal(
            new FileEntry
            {
                Path = FilePath.Parse("a"),
                Kind = EntryKind.File,
                Size = long.MaxValue,
                MtimeTicks = 637_000_000_012_345_678,
                Executable = true,
                Root = ContentHasher.Of("a"u8),
                Seq = 1,
            },
            entry);
        Assert.Equal(ulong.MaxValue, again.Find("a")!.Value.Inode);
    }

    [Fact]
    public void A_new_stamp_of_the_same_content_is_kept_without_a_number()
    {
        using (var store = Open())
        {
            store.Append([File("a") with { Stamp = Stamp with { CtimeTicks = 7 } }]);
            Assert.Empty(store.Append([File("a") with { Stamp = Stamp with { CtimeTicks = 8 } }]));
        }

        using var again = Open();
        Assert.Equal((1, 8), (Assert.Single(again.Snapshot()).Seq, again.Find("a")!.Value.CtimeTicks));
    }

    [Fact]
    public void What_a_former_version_wrote_is_believed_once()
    {
        using (var store = Open())
            store.Append([File("a")]);
        Rewrite(record => record[0] == 3 ? record[..^1] : record); // Without the last field: the unknown time takes one byte.
        var met = Stamp with { CtimeTicks = 7 };
        using (var store = Open())
        {
            store.BeginScan();
            Assert.True(store.See("a", EntryKind.File, met));
            Assert.False(store.See("a", EntryKind.File, met with { CtimeTicks = 8 }), "it was changed since");
        }

        using var again = Open();
        Assert.Equal(7, again.Find("a")!.Value.CtimeTicks);
    }

    [Fact]
    public void After_a_crash_no_number_is_used_again()
    {
        using (var store = Open())
            store.Append([File("a")]);
        CrashAfter(store => store.Append([.. Enumerable.Range(0, 10_000).Select(i => File($"f{i}"))]));

        using var again = Open();
        Assert.InRange(again.Position.Seq, 10_001, 10_001 + 2 * 4096);
        Assert.Equal(again.Position.Seq + 1, Assert.Single(again.Append([File("next")])).Seq);
    }

    [Fact]
    public void A_change_that_changes_nothing_takes_no_number()
    {
        using var store = Open();
        store.Append([File("a")]);

        Assert.Empty(store.Append([File("a"), new OwnChange(FilePath.Parse("b"), EntryKind.Removed)]));
        Assert.Equal(1, store.Position.Seq);
    }

    [Fact]
    public void The_number_of_a_removal_is_not_forgotten_when_the_log_is_made_anew()
    {
        using (var store = Open())
        {
            for (var i = 0; i < 3_000; i++)
                store.Append([File("brief"), new OwnChange(FilePath.Parse("brief"), EntryKind.Removed)]);
        }

        Open().Dispose();
        using var again = Open();
        Assert.Equal(6_000, again.Position.Seq);
    }

    [Fact]
    public void A_lost_log_starts_a_new_listing()
    {
        ulong listId;
        using (var store = Open())
            listId = store.Position.ListId;
        System.IO.File.Delete(_folder.ListingLog);

        using var again = Open();
        Assert.NotEqual(listId, again.Position.ListId);
        Assert.NotEqual(0UL, again.Position.ListId);
    }

    [Fact]
    public void A_log_with_damage_in_it_starts_a_new_listing_and_still_knows_the_rest()
    {
        ulong listId;
        using (var store = Open())
        {
            listId = store.Position.ListId;
            store.Append([File("a"), File("b"), File("c")]);
        }

        var bytes = System.IO.File.ReadAllBytes(_folder.ListingLog);
        bytes[bytes.Length / 2] ^= 1;
        System.IO.File.WriteAllBytes(_folder.ListingLog, bytes);

        using var again = Open();
        Assert.NotEqual(listId, again.Position.ListId);
        Assert.Equal([1, 2], again.Snapshot().Select(entry => entry.Seq));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(-1)]
    public void A_number_after_which_none_can_come_starts_a_new_listing(long number)
    {
        ulong listId;
        using (var store = Open())
            listId = store.Position.ListId;
        WriteLog(log =>
        {
            ListingRecord.AppendNumber(log, ListingRecord.Type.List, listId);
            ListingRecord.AppendNumber(log, ListingRecord.Type.Reserve, (ulong)number);
        });

        using var again = Open();
        Assert.NotEqual(listId, again.Position.ListId);
        Assert.Single(again.Append([File("a")]));
    }

    [Fact]
    public void A_record_that_is_no_entry_though_its_checksum_is_right_is_left_to_the_version_that_wrote_it()
    {
        var entry = new FileEntry { Path = FilePath.Parse("a"), Kind = EntryKind.File, Size = 1, MtimeTicks = -1, Seq = 1 };
        WriteLog(log => ListingRecord.AppendEntry(log, entry, inode: 1, ctimeTicks: 1));

        Assert.Contains("'a'", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_grew_out_of_proportion_is_made_anew_at_the_next_start()
    {
        using (var store = Open())
        {
            for (var i = 0; i < 5_000; i++)
                store.Append([File("same"), new OwnChange(FilePath.Parse("same"), EntryKind.EmptyFolder)]);
        }

        var before = new FileInfo(_folder.ListingLog).Length;
        using var again = Open();

        Assert.True(new FileInfo(_folder.ListingLog).Length < before / 100);
        Assert.Equal(10_000, Assert.Single(again.Snapshot()).Seq);
        Assert.Equal(10_000, again.Position.Seq);
    }

    [Fact]
    public void What_is_in_the_way_of_a_change_is_removed_before_it()
    {
        using var store = Open();
        store.Append([File("file"), File("folder/a"), File("folder/b/c"), File("folder.txt")]);

        AssertTold(store.Append([File("file/a/b")]), "file", "file/a/b");
        AssertTold(store.Append([File("folder"), Removed("folder/a"), Removed("file/a/b")]), "folder/a", "folder/b/c", "folder", "file/a/b");
        AssertTold(store.Append([File("x"), File("x/y"), File("x")]), "x", "x", "x/y", "x/y", "x");
        AssertTold(store.Append([Removed("x"), Removed("x"), Removed("never there")]), "x");
        Assert.Equal(["folder", "folder.txt"], store.Snapshot().Select(entry => entry.Path.Value).Order(StringComparer.Ordinal));
        _ = new Listing(new NodeId(1), 1, store.Position.Seq, store.Snapshot());

        static void AssertTold(IEnumerable<FileEntry> entries, params string[] paths) =>
            Assert.Equal(paths, entries.Select(entry => entry.Path.Value));
    }

    private void WriteLog(Action<RecordLog> write)
    {
        System.IO.File.Delete(_folder.ListingLog);
        using var log = RecordLog.Open(_folder.ListingLog, _ => { }, out _);
        write(log);
        log.Flush();
    }

    private static OwnChange Removed(string path) => new(FilePath.Parse(path), EntryKind.Removed);

    private static OwnChange File(string path) => new(
        FilePath.Parse(path),
        EntryKind.File,
        Stamp,
        ContentHasher.Of("a"u8));

    private static FileStamp Stamp => new(long.MaxValue, 637_000_000_012_345_678, ulong.MaxValue, true);

    private void Rewrite(Func<byte[], byte[]> change)
    {
        List<byte[]> records = [];
        RecordLog.Open(_folder.ListingLog, record => records.Add(record.ToArray()), out _).Dispose();
        System.IO.File.Delete(_folder.ListingLog);
        using var log = RecordLog.Open(_folder.ListingLog, _ => { }, out _);
        records.ForEach(record => log.Append(change(record)));
        log.Flush();
    }

    private ListingStore Open() => ListingStore.Open(_folder, new NodeId(1), Logger.None);

    /// <summary>Leaves the log as a killed process would: all that was written, but not closed in order.</summary>
    private void CrashAfter(Action<ListingStore> work)
    {
        byte[] left;
        using (var store = Open())
        {
            work(store);
            using var log = new FileStream(_folder.ListingLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            left = new byte[log.Length];
            log.ReadExactly(left);
        }

        System.IO.File.WriteAllBytes(_folder.ListingLog, left);
    }
}
