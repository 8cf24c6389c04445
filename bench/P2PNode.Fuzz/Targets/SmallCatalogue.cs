using System.Globalization;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;

namespace P2PNode.Fuzz.Targets;

/// <summary>Listings for parts to work on.</summary>
internal static class SmallCatalogue
{
    public static Listing Listing(int owner, int files)
    {
        var listing = new Listing(new NodeId(owner), (ulong)owner + 40, lastSeq: 0, []);
        for (var i = 0; i < files; i++)
            listing.Put(FilePath.Parse($"docs/{i % 7}/{i.ToString(CultureInfo.InvariantCulture)}.txt"), EntryKind.File, i, DateTime.UnixEpoch.Ticks + i, i % 2 == 0, ContentHasher.Of([(byte)i]));
        return listing;
    }

    public static NetworkCatalogue Make()
    {
        var catalogue = new NetworkCatalogue();
        foreach (var owner in new[] { 1, 2 })
        {
            foreach (var batch in Listing(owner, 50).After(ListingPosition.Start))
                catalogue.Apply(batch);
        }

        return catalogue;
    }
}
