using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Protocol;

/// <summary>Listings as records of the core and as messages of the wire. What comes in is checked entry by entry.</summary>
internal static class CatalogueMapping
{
    public static Wire.Position ToWire(ListingPosition position) => new()
    {
        ListId = position.ListId,
        Seq = position.Seq,
        Digest = Bytes(position.Digest),
    };

    public static Wire.ListingBatch ToWire(ListingBatch batch)
    {
        var wire = new Wire.ListingBatch
        {
            Owner = batch.Owner.Value,
            ListId = batch.ListId,
            PrevSeq = batch.PrevSeq,
            LastSeq = batch.LastSeq,
            Digest = batch.Digest is { } digest ? Bytes(digest) : ByteString.Empty,
            More = batch.More,
            Scanning = batch.Scanning,
        };
        wire.Entries.AddRange(batch.Entries.Select(ToWire));
        return wire;
    }

    public static ByteString Bytes(ContentRoot root)
    {
        Span<byte> bytes = stackalloc byte[ContentRoot.Size];
        root.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    /// <exception cref="PeerException">No owner may say this.</exception>
    public static ListingPosition FromWire(Wire.Position? position)
    {
        if (position is null)
            return ListingPosition.Start;
        if (position.Seq < 0)
            throw PeerException.Violation("a position in a listing is negative");
        var digest = position.Digest.IsEmpty ? default : Digest(position.Digest);
        return new ListingPosition(position.ListId, position.Seq, digest);
    }

    /// <exception cref="PeerException">No owner may say this.</exception>
    public static ListingBatch FromWire(Wire.ListingBatch batch)
    {
        if (batch.PrevSeq < 0 || batch.LastSeq < batch.PrevSeq)
            throw PeerException.Violation($"a batch goes from {batch.PrevSeq} to {batch.LastSeq}");
        return new ListingBatch(
            Node(batch.Owner),
            batch.ListId,
            batch.PrevSeq,
            batch.LastSeq,
            [.. batch.Entries.Select(FromWire)],
            batch.Digest.IsEmpty ? null : Digest(batch.Digest),
            batch.More)
        {
            Scanning = batch.Scanning,
        };
    }

    /// <exception cref="PeerException">This is no root.</exception>
    public static ContentRoot Root(ByteString bytes) => bytes.Length switch
    {
        0 => default,
        ContentRoot.Size => new ContentRoot(bytes.Span),
        _ => throw PeerException.Violation($"a content root has {bytes.Length} bytes"),
    };

    /// <exception cref="PeerException">The name may not travel.</exception>
    public static FilePath Path(string text) =>
        FilePath.TryParse(text, out var path, out var reason)
            ? path
            : throw PeerException.Violation($"it lists the name '{Shown(text)}', but {reason}");

    /// <exception cref="PeerException">This is no node.</exception>
    public static NodeId Node(int value) =>
        value > 0 ? new NodeId(value) : throw PeerException.Violation($"a message names node {value}");

    private static Wire.Entry ToWire(FileEntry entry) => new()
    {
        Path = entry.Path.Value,
        Kind = (Wire.EntryKind)entry.Kind,
        Size = entry.Size,
        MtimeTicks = entry.MtimeTicks,
        Executable = entry.Executable,
        Root = entry.Root == default ? ByteString.Empty : Bytes(entry.Root),
        Seq = entry.Seq,
    };

    private static FileEntry FromWire(Wire.Entry entry)
    {
        if (!Enum.IsDefined(entry.Kind))
            throw PeerException.Violation($"an entry has the unknown kind {(int)entry.Kind}");
        return new FileEntry
        {
            Path = Path(entry.Path),
            Kind = (EntryKind)entry.Kind,
            Size = entry.Size,
            MtimeTicks = entry.MtimeTicks,
            Executable = entry.Executable,
            Root = Root(entry.Root),
            Seq = entry.Seq,
        };
    }

    /// <exception cref="PeerException">This is no digest.</exception>
    public static ListingDigest Digest(ByteString bytes) =>
        bytes.Length == ListingDigest.Size
            ? new ListingDigest(bytes.Span)
            : throw PeerException.Violation($"a digest has {bytes.Length} bytes");

    public static ByteString Bytes(ListingDigest digest)
    {
        Span<byte> bytes = stackalloc byte[ListingDigest.Size];
        digest.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    /// <summary>A hostile name as it may stand in a log line.</summary>
    private static string Shown(string text) =>
        string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '?' : c));
}
