using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Catalogue;

/// <summary>Short words for what these tests are about.</summary>
internal static class Sample
{
    public const ulong ListId = 0xA11CE;

    public static readonly NodeId One = new(1);
    public static readonly NodeId Two = new(2);
    public static readonly NodeId Three = new(3);

    public static FilePath At(string path) => FilePath.Parse(path);

    public static ContentRoot Root(int content) => new(SHA256.HashData(BitConverter.GetBytes(content)));

    public static Listing NewListing(ulong listId = ListId) => new(Two, listId, 0, []);

    /// <summary>Lists a file with one of many contents and returns its entry.</summary>
    public static FileEntry? PutFile(this Listing listing, string path, int content = 1) =>
        listing.Put(At(path), EntryKind.File, content, content, executable: false, Root(content));

    public static FileEntry? PutFolder(this Listing listing, string path) =>
        listing.Put(At(path), EntryKind.EmptyFolder, 0, 0, executable: false, default);

    public static FileEntry? Remove(this Listing listing, string path) => listing.Remove(At(path));

    public static FileEntry File(string path, long seq, int content = 1) => new()
    {
        Path = At(path),
        Kind = EntryKind.File,
        Size = content,
        MtimeTicks = content,
        Root = Root(content),
        Seq = seq,
    };

    public static FileEntry Removal(string path, long seq) => new() { Path = At(path), Kind = EntryKind.Removed, Seq = seq };

    public static ListingDigest DigestOf(params IEnumerable<FileEntry> entries) =>
        entries.Aggregate(default(ListingDigest), (sum, entry) => sum.Plus(entry));

    /// <summary>Applies all batches in order; all must be taken.</summary>
    public static void Take(this ListingReplica replica, IEnumerable<ListingBatch> batches)
    {
        foreach (var batch in batches)
            Assert.IsType<Applied>(replica.Apply(batch));
    }
}
