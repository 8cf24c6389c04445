using Google.Protobuf;
using P2PNode.Core.Catalogue;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Protocol;

/// <summary>Questions for files, and the rows that answer them, as records of the core and as messages of the wire.</summary>
internal static class FilesMapping
{
    /// <summary>More nodes than this are not named as holders of one file; nobody fetches from so many.</summary>
    public const int MostHolders = 256;

    public static Wire.FilesQuery ToWire(long number, FileQuery query)
    {
        var wire = new Wire.FilesQuery
        {
            Query = number,
            Pattern = query.Pattern?.Text ?? "",
            Match = (Wire.PathMatch)(query.Pattern?.Match ?? PathMatch.Pattern),
            Owner = query.Owner?.Value ?? 0,
            MinSize = query.MinSize,
            SinceTicks = query.SinceTicks,
            Root = query.Root is { } root ? CatalogueMapping.Bytes(root) : ByteString.Empty,
            Order = (Wire.FileOrder)query.Order,
            Reverse = query.Reverse,
            Limit = query.Limit,
            Patient = true,
        };
        if (query.MaxSize < long.MaxValue)
            wire.MaxSize = query.MaxSize;
        return wire;
    }

    /// <exception cref="PeerException">No correct peer asks this.</exception>
    public static FileQuery FromWire(Wire.FilesQuery query)
    {
        if (!Enum.IsDefined(query.Match) || !Enum.IsDefined(query.Order))
            throw PeerException.Violation("it asks for files in a way that is not known");
        if (query.MinSize < 0 || query.MaxSize < 0 || query.SinceTicks < 0 || query.Limit is < 0 or > FileQuery.MostRows)
            throw PeerException.Violation("it asks for files by a number that cannot be");
        return new FileQuery
        {
            Pattern = Pattern(query),
            Owner = query.Owner == 0 ? null : CatalogueMapping.Node(query.Owner),
            MinSize = query.MinSize,
            MaxSize = query.HasMaxSize ? query.MaxSize : long.MaxValue,
            SinceTicks = query.SinceTicks,
            Root = query.Root.IsEmpty ? null : CatalogueMapping.Root(query.Root),
            Order = (FileOrder)query.Order,
            Reverse = query.Reverse,
            Limit = query.Limit == 0 ? FileQuery.MostRows : query.Limit,
        };
    }

    public static Wire.Row ToWire(FileRow row)
    {
        var wire = new Wire.Row
        {
            Owner = row.Owner.Value,
            Path = row.Entry.Path.Value,
            Size = row.Entry.Size,
            MtimeTicks = row.Entry.MtimeTicks,
            Root = CatalogueMapping.Bytes(row.Entry.Root),
            Executable = row.Entry.Executable,
        };
        wire.Holders.AddRange(row.Holders.Take(MostHolders).Select(holder => holder.Value));
        return wire;
    }

    /// <summary>A row as the leader tells it. Its entry has no number, as the numbers are the owner's.</summary>
    /// <exception cref="PeerException">No file can be like this.</exception>
    public static FileRow FromWire(Wire.Row row)
    {
        if (row.Size < 0 || row.MtimeTicks < 0 || row.MtimeTicks > DateTime.MaxValue.Ticks)
            throw PeerException.Violation("it answers with a row that cannot be");
        if (row.Holders.Count > MostHolders)
            throw PeerException.Violation($"it names {row.Holders.Count} holders of one file");
        var entry = new FileEntry
        {
            Path = CatalogueMapping.Path(row.Path),
            Kind = EntryKind.File,
            Size = row.Size,
            MtimeTicks = row.MtimeTicks,
            Executable = row.Executable,
            Root = CatalogueMapping.Root(row.Root),
        };
        return new FileRow(CatalogueMapping.Node(row.Owner), entry, [.. row.Holders.Select(CatalogueMapping.Node)]);
    }

    private static PathPattern? Pattern(Wire.FilesQuery query)
    {
        if (query.Pattern.Length == 0)
            return null;
        return PathPattern.TryParse(query.Pattern, (PathMatch)query.Match, out var pattern, out var reason)
            ? pattern
            : throw PeerException.Violation($"it asks for a pattern that cannot be: {reason}");
    }
}
