using System.IO.Enumeration;

namespace P2PNode.Files;

/// <summary>Lists one folder without making an object for each name.</summary>
internal sealed class FolderEnumerator : FileSystemEnumerator<bool>
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
        BufferSize = 64 * 1024,
    };

    private readonly Visitor _visit;
    private readonly string _folder;
    private readonly int _rootLength;
    private char[] _path;

    /// <param name="root">Absolute.</param>
    /// <param name="folder">Relative to the root, '/' separated; "" for the root itself.</param>
    /// <param name="visit">Called for each name in the folder; what it returns becomes the current item.</param>
    public FolderEnumerator(string root, string folder, Visitor visit)
        : base(Path.Join(root, folder), Everything)
    {
        (_folder, _visit) = (folder, visit);
        _path = new char[root.Length + folder.Length + 258];
        var prefix = folder.Length == 0 ? $"{root}/" : $"{root}/{folder}/";
        prefix.CopyTo(_path);
        _rootLength = root.Length + 1;
    }

    /// <summary>Told a child of a folder.</summary>
    /// <param name="folder">Relative to the root.</param>
    /// <param name="path">Relative to the root.</param>
    /// <param name="full">Absolute.</param>
    public delegate bool Visitor(ReadOnlySpan<char> folder, ReadOnlySpan<char> path, ReadOnlySpan<char> full);

    protected override bool TransformEntry(ref FileSystemEntry entry)
    {
        var prefix = _rootLength + (_folder.Length == 0 ? 0 : _folder.Length + 1);
        if (prefix + entry.FileName.Length > _path.Length)
            Array.Resize(ref _path, prefix + entry.FileName.Length);
        entry.FileName.CopyTo(_path.AsSpan(prefix));
        var full = _path.AsSpan(0, prefix + entry.FileName.Length);
        return _visit(_folder, full[_rootLength..], full);
    }
}
