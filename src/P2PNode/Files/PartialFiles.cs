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
    private readonly string _folder;

    public PartialFiles(NodeFolder folder)
    {
        _folder = folder.Partial;
        _names = [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)!)];
    }

    /// <summary>Where a file is received.</summary>
    public string Begin(NodeId owner, FilePath path)
    {
        var name = NameOf(owner, path);
        lock (_gate)
            _names.Add(name);
        return Path.Combine(_folder, name);
    }

    /// <summary>Bytes that an attempt before this one may have left.</summary>
    public long SizeOf(NodeId owner, FilePath path) => FileStatus.Of(Path.Combine(_folder, NameOf(owner, path))).Stamp.Size;

    /// <summary>Nobody will come back to these files: they are in place, or no longer listed.</summary>
    public void Forget(NodeId owner, IEnumerable<FilePath> paths)
    {
        lock (_gate)
        {
            if (_names.Count == 0)
                return;
            foreach (var name in paths.Select(path => NameOf(owner, path)).Where(_names.Remove))
                File.Delete(Path.Combine(_folder, name));
        }
    }

    private static string NameOf(NodeId owner, FilePath path) =>
        ContentHasher.Of(Encoding.UTF8.GetBytes($"{owner}/{path}")).ToString();
}
