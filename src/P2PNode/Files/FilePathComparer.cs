using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>Lets a table of paths be asked with plain characters, so that a scan makes no object for what it knows.</summary>
internal sealed class FilePathComparer : IEqualityComparer<FilePath>, IAlternateEqualityComparer<ReadOnlySpan<char>, FilePath>
{
    public static FilePathComparer Instance { get; } = new();

    public bool Equals(FilePath? x, FilePath? y) => x?.Value == y?.Value;

    public int GetHashCode(FilePath path) => GetHashCode(path.Value);

    public bool Equals(ReadOnlySpan<char> alternate, FilePath other) => alternate.SequenceEqual(other.Value);

    public int GetHashCode(ReadOnlySpan<char> alternate) => string.GetHashCode(alternate);

    public FilePath Create(ReadOnlySpan<char> alternate) => FilePath.Parse(alternate.ToString());
}
