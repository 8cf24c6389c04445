using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>A row of the listing.</summary>
internal struct Listed
{
    public required FileEntry Entry { get; init; }

    public required ulong Inode { get; init; }

    /// <summary>The scan that met it last, or during which it was appended.</summary>
    public int Seen { get; set; }

    /// <summary>Whether it was hashed under this stamp.</summary>
    public readonly bool Has(in FileStamp stamp, bool executable) =>
        Entry.Kind is EntryKind.File
        && Entry.Size == stamp.Size
        && Entry.MtimeTicks == stamp.MtimeTicks
        && (Inode == stamp.Inode || Inode == 0 || stamp.Inode == 0)
        && Entry.Executable == executable;
}
