using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>Requests for a listing of some hundred files.</summary>
internal sealed class ListingRequestTarget() : WireTarget<Wire.ListingRequest>(FrameType.ListingRequest, Wire.ListingRequest.Parser)
{
    private readonly Listing _listing = SmallCatalogue.Listing(1, 300);

    protected override Wire.ListingRequest Likely(Random random) => new()
    {
        Owner = 1,
        Position = CatalogueMapping.ToWire(_listing.Position with { Seq = random.Next(310) }),
    };

    protected override void Take(Wire.ListingRequest message)
    {
        CatalogueMapping.Node(message.Owner);
        var last = _listing.After(CatalogueMapping.FromWire(message.Position)).Take(100).Last();
        if (last.More)
            throw new InvalidOperationException("The answer has no end.");
    }
}

/// <summary>Batches for a catalogue that other batches came to before.</summary>
internal sealed class ListingBatchTarget() : WireTarget<Wire.ListingBatch>(FrameType.ListingBatch, Wire.ListingBatch.Parser)
{
    private NetworkCatalogue _catalogue = SmallCatalogue.Make();
    private int _taken;

    protected override Wire.ListingBatch Likely(Random random)
    {
        var listing = new Listing(new NodeId(2), 7, lastSeq: 0, []);
        for (var count = random.Next(5); count > 0; count--)
            listing.Put(FilePath.Parse($"f{random.Next(9)}"), EntryKind.File, random.Next(9), 1, executable: false, default);
        return random.Next(3) == 0
            ? CatalogueMapping.ToWire(listing.After(_catalogue.PositionOf(new NodeId(2))).First())
            : new Wire.ListingBatch { Owner = 2, ListId = 7, PrevSeq = 0, LastSeq = 20, Digest = ByteString.CopyFrom(new byte[32]) };
    }

    protected override void Take(Wire.ListingBatch message)
    {
        if (++_taken % 256 == 0)
            _catalogue = SmallCatalogue.Make();
        _catalogue.Apply(CatalogueMapping.FromWire(message));
        _catalogue.Find(FileQuery.All with { Limit = 3 });
    }

    public override void Check()
    {
        // What was taken is a list that its owner could have, and can be told on.
        foreach (var owner in _catalogue.Owners)
            _catalogue.UseCopyOf(owner, (copy, _) => Take(CatalogueMapping.ToWire(copy.After(ListingPosition.Start).Last())));
    }
}

/// <summary>Who holds which copies.</summary>
internal sealed class HoldingsTarget() : WireTarget<Wire.Holdings>(FrameType.Holdings, Wire.Holdings.Parser)
{
    private NetworkCatalogue _catalogue = SmallCatalogue.Make();
    private int _taken;

    protected override void Take(Wire.Holdings message)
    {
        if (++_taken % 256 == 0)
            _catalogue = SmallCatalogue.Make();
        using var feed = new HoldingsFeed(() => [], null!, _catalogue, null!, TimeProvider.System);
        feed.Take(new NodeId(2), message);
    }
}
