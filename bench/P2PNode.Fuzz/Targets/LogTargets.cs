using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>The log of the own listing.</summary>
internal sealed class ListingLogTarget : StateTarget
{
    private readonly List<byte[]> _records;

    public ListingLogTarget()
    {
        using (var store = Open())
        {
            store.Append([.. Enumerable.Range(0, 9).Select(number => Own($"d/{number}", EntryKind.File)), Own("empty", EntryKind.EmptyFolder)]);
            store.Append([new OwnChange(FilePath.Parse("d/3"), EntryKind.Removed), Own("d/4/x", EntryKind.File)]);
        }

        _records = RecordsOf(Folder.ListingLog);
    }

    public override string Name => "listing.log";

    public override byte[] Sample(Random random) => random.Next(2) == 0
        ? Framed(_records)
        : Framed(_records.Select(record => random.Next(4) == 0 ? Mutator.Mutate(record, () => _records[random.Next(_records.Count)], random) : record));

    public override void Take(byte[] input)
    {
        File.WriteAllBytes(Folder.ListingLog, input);
        using var store = Open();
        var replica = new ListingReplica(new NodeId(1));
        foreach (var batch in store.After(ListingPosition.Start))
        {
            if (replica.Apply(batch) is not Applied)
                throw new InvalidOperationException("It offers what a subscriber refuses.");
        }
    }

    private ListingStore Open() => ListingStore.Open(Folder, new NodeId(1), Logger.None);

    private static OwnChange Own(string path, EntryKind kind) => new(
        FilePath.Parse(path), kind, kind is EntryKind.File ? new FileStamp(3, 637_000_000_012_345_678, 5, false) : default, kind is EntryKind.File ? ContentHasher.Of("abc"u8) : default);
}

/// <summary>The ledger of copies.</summary>
internal sealed class CopiesLogTarget : StateTarget
{
    private static readonly NodeId Two = new(2);

    private readonly Trash _trash;
    private readonly List<byte[]> _records;

    public CopiesLogTarget()
    {
        _trash = new Trash(Folder, TimeProvider.System, new TrashLimits(), Logger.None);
        using (var store = Open())
        {
            foreach (var name in new[] { "a", "b/c", "b/d" })
            {
                var bytes = System.Text.Encoding.ASCII.GetBytes(name);
                var entry = new FileEntry { Path = FilePath.Parse(name), Kind = EntryKind.File, Size = bytes.Length, MtimeTicks = 637_000_000_012_345_678, Root = ContentHasher.Of(bytes), Seq = 1 };
                var copy = store.WriteSmall(Two, entry, bytes);
                if (store.CommitAsync([copy]).GetAwaiter().GetResult().Count > 0)
                    throw new InvalidOperationException("A copy could not be kept.");
            }

            store.Remove(Two, [FilePath.Parse("b/d")]);
        }

        _records = RecordsOf(Folder.CopyLog);
    }

    public override string Name => "copies.log";

    public override byte[] Sample(Random random) => random.Next(2) == 0
        ? Framed(_records)
        : Framed(_records.Select(record => random.Next(3) == 0 ? Mutator.Mutate(record, () => _records[random.Next(_records.Count)], random) : record));

    public override void Take(byte[] input)
    {
        File.WriteAllBytes(Folder.CopyLog, input);
        using var store = Open();
        foreach (var owner in store.Owners)
        {
            foreach (var copy in store.CopiesOf(owner).Where(copy => copy.Kind is EntryKind.File))
                store.OpenCopy(owner, copy.Path)?.Dispose();
        }
    }

    private CopyStore Open() => CopyStore.Open(Folder, _trash, Logger.None);
}
