using P2PNode.Core.Catalogue;

namespace P2PNode.Node;

/// <summary>Rows of the catalogue in the light of who lives and at which address.</summary>
internal sealed class FileRows(Roster roster, Whereabouts whereabouts)
{
    /// <summary>The row without the holders that are away: they have the file, but it cannot be had there.</summary>
    public FileRow WithLivingHolders(FileRow row) => row with { Holders = row.Holders.RemoveAll(holder => !roster.IsAlive(holder)) };

    /// <summary>A row as people and programs see it, with the addresses of its holders.</summary>
    public FileReport ToReport(FileRow row) => new()
    {
        Peer = row.Owner,
        Path = row.Entry.Path.Value,
        Name = row.Entry.Path.Name,
        Size = row.Entry.Size,
        Root = row.Entry.Root,
        Mtime = new DateTime(row.Entry.MtimeTicks, DateTimeKind.Utc),
        Holders =
        [
            .. row.Holders
                .Select(id => whereabouts.Of(id) is { } address ? new HolderReport(id, address) : null)
                .OfType<HolderReport>(),
        ],
    };
}
