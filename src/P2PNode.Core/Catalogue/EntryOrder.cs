namespace P2PNode.Core.Catalogue;

/// <summary>Entries by the number of the change that brought them.</summary>
internal readonly struct BySeq : IPageOrder<FileEntry, long>
{
    public static long KeyOf(FileEntry item) => item.Seq;

    public static int Compare(long left, long right) => left.CompareTo(right);
}

/// <summary>Entries by path, ordinal: what lies under a folder stands together, from "folder/" on.</summary>
internal readonly struct ByPath : IPageOrder<FileEntry, string>
{
    public static string KeyOf(FileEntry item) => item.Path.Value;

    public static int Compare(string left, string right) => string.CompareOrdinal(left, right);
}
