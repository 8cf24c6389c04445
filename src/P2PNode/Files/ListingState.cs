using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>What the log of a listing says when it is read from its start.</summary>
internal sealed class ListingState
{
    /// <summary>Far beyond what any owner gives; above it numbers could come to their end.</summary>
    private const long MostSeq = long.MaxValue / 2;

    private ulong _listId;
    private long _last;
    private long _reserved;

    public Dictionary<FilePath, Listed> Entries { get; } = new(FilePathComparer.Instance);

    public void Apply(ReadOnlySpan<byte> record)
    {
        var fields = new RecordFieldReader(record);
        var type = (ListingRecord.Type)fields.Byte();
        switch (type)
        {
            case ListingRecord.Type.List:
                _listId = fields.Unsigned();
                break;
            case ListingRecord.Type.Reserve:
                _reserved = fields.Number();
                break;
            case ListingRecord.Type.Last:
                _last = Math.Max(_last, fields.Number());
                break;
            case ListingRecord.Type.Entry:
                var (entry, inode) = ListingRecord.ReadEntry(ref fields);
                _last = Math.Max(_last, entry.Seq);
                Apply(Entries, entry, inode, fields.HasMore ? fields.Number() : 0, scan: 0);
                break;
            default:
                throw new InvalidDataException($"The listing holds a record of type {type}; a newer version wrote it.");
        }
    }

    /// <summary>The listing as it was; null if there was none, or if what was written is no listing.</summary>
    public Listing? Resume(NodeId owner)
    {
        if (_listId == 0 || _reserved < 0 || Math.Max(_last, _reserved) > MostSeq)
            return null;
        try
        {
            // After a crash every reserved number counts as used, so that the list never seems to go back to who has more.
            var entries = Entries.Values.Select(listed => listed.Entry).OrderBy(entry => entry.Path.Value, StringComparer.Ordinal);
            return new Listing(owner, _listId, Math.Max(_last, _reserved), entries);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What is known of the contents, but under a new listing: old numbers may be in use elsewhere.</summary>
    public Listing StartAnew(NodeId owner)
    {
        var listing = new Listing(owner, NewListId(), lastSeq: 0, []);
        var known = Entries.Values.OrderBy(listed => listed.Entry.Seq).ToList();
        Entries.Clear();
        foreach (var old in known)
        {
            var (path, kind) = (old.Entry.Path, old.Entry.Kind);
            foreach (var obstacle in listing.InTheWayOf(path, kind))
            {
                listing.Remove(obstacle.Path);
                Entries.Remove(obstacle.Path);
            }

            if (listing.Put(path, kind, old.Entry.Size, old.Entry.MtimeTicks, old.Entry.Executable, old.Entry.Root) is { } entry)
                Apply(Entries, entry, old.Inode, old.CtimeTicks, scan: 0);
        }

        return listing;
    }

    public static void Apply(Dictionary<FilePath, Listed> entries, FileEntry entry, ulong inode, long ctimeTicks, int scan)
    {
        // Removed first, so that the key is the path object of the entry that is kept.
        entries.Remove(entry.Path);
        if (entry.Kind is not EntryKind.Removed)
            entries.Add(entry.Path, new Listed { Entry = entry, Inode = inode, CtimeTicks = ctimeTicks, Seen = scan });
    }

    private static ulong NewListId()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return Math.Max(1, BitConverter.ToUInt64(random));
    }
}
