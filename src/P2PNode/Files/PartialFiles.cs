using System.Text;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>
/// The large files of which a part was received. One name for all versions of a file, so that a newer one finds what came
/// of an older. Thread-safe.
/// </summary>
internal sealed class PartialFiles
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _names;
    private readonly BeneathFolder _files;

    public PartialFiles(NodeFolder folder)
    {
        _files = folder.Files;
        _names = [.. Directory.EnumerateFiles(folder.Partial).Select(path => Path.GetFileName(path)!)];
    }

    /// <summary>Where a file is received, relative to the node's folder.</summary>
    public string Begin(NodeId owner, FilePath path)
    {
        var name = NameOf(owner, path);
        lock (_gate)
            _names.Add(name);
        return PathOf(name);
    }

    /// <summary>Bytes that an attempt before this one may have left.</summary>
    public long SizeOf(NodeId owner, FilePath path) => _files.StatusOf(PathOf(NameOf(owner, path))).Stamp.Size;

    /// <summary>Nobody will come back to these files: they are in place, or no longer listed.</summary>
    public void Forget(NodeId owner, IEnumerable<FilePath> paths)
    {
        lock (_gate)
        {
            if (_names.Count == 0)
                return;
            foreach (var name in paths.Select(path => NameOf(owner, path)).Where(_names.Remove))
                _files.Delete(PathOf(name));
        }
    }

    private static string PathOf(string name) => $"{NodeFolder.PartialName}/{name}";

    private static string NameOf(NodeId owner, FilePath path) =>
        ContentHasher.Of(Encoding.UTF8.GetBytes($"{owner}/{path}")).ToString();
}
