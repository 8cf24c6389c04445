using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>What the log of a listing says when it is read from its start.</summary>
internal sealed class ListingState
{
    private long _highest;
    private SeqReserve _reserve;
    private bool _closed;

    public Dictionary<FilePath, ListingStore.Listed> Entries { get; } = new(FilePathComparer.Instance);

    public ulong ListId { get; private set; }

    public long LastSeq => _reserve.LastUsed(_highest, _closed);

    public void Apply(ReadOnlySpan<byte> record)
    {
        var fields = new RecordFieldReader(record);
        var type = (ListingRecord.Type)fields.Byte();
        _closed = type is ListingRecord.Type.Closed;
        switch (type)
        {
            case ListingRecord.Type.List:
                ListId = fields.Unsigned();
                break;
            case ListingRecord.Type.Reserve:
                _reserve = new SeqReserve(fields.Number());
                break;
            case ListingRecord.Type.Closed:
                _highest = fields.Number();
                break;
            case ListingRecord.Type.Entry:
                var (entry, inode) = ListingRecord.ReadEntry(ref fields);
                _highest = Math.Max(_highest, entry.Seq);
                ListingStore.Apply(Entries, entry, inode, scan: 0);
                break;
            default:
                throw new InvalidDataException($"The listing holds a record of type {type}; a newer version wrote it.");
        }
    }
}
