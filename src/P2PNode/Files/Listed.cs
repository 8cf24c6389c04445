using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>A row of the listing.</summary>
internal struct Listed
{
    public required FileEntry Entry { get; init; }

    public required ulong Inode { get; init; }

    /// <summary>When anything of the file was changed last; 0 where it is not known, as in a log of a former version.</summary>
    public long CtimeTicks { get; set; }

    /// <summary>The scan that met it last, or during which it was appended.</summary>
    public int Seen { get; set; }

    /// <summary>Whether it was hashed under this stamp.</summary>
    public readonly bool Has(in FileStamp stamp, bool executable) =>
        Entry.Kind is EntryKind.File
        && Entry.Size == stamp.Size
        && Entry.MtimeTicks == stamp.MtimeTicks
        && (Inode == stamp.Inode || Inode == 0 || stamp.Inode == 0)
        && FileStamp.IsOneCtime(CtimeTicks, stamp.CtimeTicks)
        && Entry.Executable == executable;
}
