using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>How much the catalogue of a network holds, and of how many of its members.</summary>
internal readonly record struct CatalogueSize(CatalogueTotals Totals, Completeness Listings)
{
    /// <exception cref="PeerException">No catalogue is of this size.</exception>
    public static CatalogueSize FromWire(Wire.CatalogueTotals wire)
    {
        if (wire.Files < 0 || wire.Bytes < 0 || (wire.Files == 0 && wire.Bytes > 0)
            || wire.ListingsComplete < 0 || wire.ListingsComplete > wire.ListingsExpected)
        {
            throw PeerException.Violation("it tells of a catalogue that cannot be");
        }

        return new CatalogueSize(
            new CatalogueTotals(wire.Files, wire.Bytes), new Completeness(wire.ListingsComplete, wire.ListingsExpected));
    }

    public Wire.CatalogueTotals ToWire() => new()
    {
        Files = Totals.Files,
        Bytes = Totals.Bytes,
        ListingsComplete = Listings.Complete,
        ListingsExpected = Listings.Expected,
    };
}
