using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>How the own listing is written to its log.</summary>
internal static class ListingRecord
{
    public enum Type : byte
    {
        /// <summary>The ID of the listing; always the first record.</summary>
        List = 1,

        /// <summary>The highest number that may be in use without being written here; a later record replaces it.</summary>
        Reserve = 2,

        /// <summary>An entry, or its removal.</summary>
        Entry = 3,

        /// <summary>The number of the last change, which may have been a removal that is not written here any more.</summary>
        Last = 4,
    }

    public static void AppendNumber(RecordLog log, Type type, ulong number)
    {
        var writer = new RecordWriter(stackalloc byte[16]);
        writer.Byte((byte)type);
        writer.Number(number);
        log.Append(writer.Written);
    }

    public static void AppendEntry(RecordLog log, FileEntry entry, ulong inode, long ctimeTicks)
    {
        var writer = new RecordWriter(stackalloc byte[RecordWriter.Enough]);
        writer.Byte((byte)Type.Entry);
        WriteEntry(ref writer, entry, inode);
        if (entry.Kind is EntryKind.File)
            writer.Number(ctimeTicks);
        log.Append(writer.Written);
    }

    /// <summary>Writes what follows the type of an entry.</summary>
    public static void WriteEntry(ref RecordWriter writer, FileEntry entry, ulong inode)
    {
        writer.Byte((byte)((int)entry.Kind << 1 | (entry.Executable ? 1 : 0)));
        writer.Number(entry.Seq);
        writer.Path(entry.Path);
        if (entry.Kind is EntryKind.File)
        {
            writer.Number(entry.Size);
            writer.Number(entry.MtimeTicks);
            writer.Number(inode);
            writer.Root(entry.Root);
        }
    }

    /// <summary>Reads what follows the type of an entry.</summary>
    public static (FileEntry Entry, ulong Inode) ReadEntry(ref RecordFieldReader fields)
    {
        var flags = fields.Byte();
        var kind = (EntryKind)(flags >> 1);
        var (seq, path) = (fields.Number(), fields.Path());
        if (!Enum.IsDefined(kind) || seq < 0)
            throw NoEntry(path);
        if (kind is not EntryKind.File)
            return (new FileEntry { Path = path, Kind = kind, Seq = seq }, 0);
        var (size, mtime, inode) = (fields.Number(), fields.Number(), fields.Unsigned());
        if (size < 0 || mtime < 0 || mtime > DateTime.MaxValue.Ticks)
            throw NoEntry(path);
        var entry = new FileEntry
        {
            Path = path,
            Kind = kind,
            Size = size,
            MtimeTicks = mtime,
            Executable = (flags & 1) != 0,
            Root = fields.Root(),
            Seq = seq,
        };
        return (entry, inode);
    }

    private static InvalidDataException NoEntry(FilePath path) => new($"A record of '{path}' is no entry; a newer version may have written it.");
}
