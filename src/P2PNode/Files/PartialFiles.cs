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

    /// <summary>Those that are being received, and whether they are of no use afterwards.</summary>
    private readonly Dictionary<string, bool> _open = [];
    private readonly BeneathFolder _files;

    public PartialFiles(NodeFolder folder)
    {
        _files = folder.Files;
        _names = [.. Directory.EnumerateFiles(folder.Partial).Select(path => Path.GetFileName(path)!)];
    }

    /// <summary>Where a file is received, relative to the node's folder, until <see cref="End"/>.</summary>
    /// <exception cref="CopyException">Another download of this node receives it.</exception>
    public string Begin(NodeId owner, FilePath path)
    {
        var name = NameOf(owner, path);
        lock (_gate)
        {
            if (!_open.TryAdd(name, false))
                throw new CopyException(CopyFault.WriteFailed, CopyException.OnItsWay);
            _names.Add(name);
        }

        return PathOf(name);
    }

    /// <summary>Who began it writes no more; what it left there stays for who begins next.</summary>
    /// <param name="file">From <see cref="Begin"/>.</param>
    public void End(string file)
    {
        var name = Path.GetFileName(file);
        lock (_gate)
        {
            if (_open.Remove(name, out var isForgotten) && isForgotten && _names.Remove(name))
                _files.Delete(file);
        }
    }

    /// <summary>Bytes that an attempt before this one may have left.</summary>
    public long SizeOf(NodeId owner, FilePath path) => _files.StatusOf(PathOf(NameOf(owner, path))).Stamp.Size;

    /// <summary>
    /// Nobody will come back to these files: they are in place, or no longer listed. Who receives one at this moment ends in
    /// peace.
    /// </summary>
    public void Forget(NodeId owner, IEnumerable<FilePath> paths)
    {
        lock (_gate)
        {
            if (_names.Count == 0)
                return;
            foreach (var name in paths.Select(path => NameOf(owner, path)).Where(_names.Contains))
            {
                if (_open.ContainsKey(name))
                {
                    _open[name] = true;
                    continue;
                }

                _names.Remove(name);
                _files.Delete(PathOf(name));
            }
        }
    }

    private static string PathOf(string name) => $"{NodeFolder.PartialName}/{name}";

    private static string NameOf(NodeId owner, FilePath path) =>
        ContentHasher.Of(Encoding.UTF8.GetBytes($"{owner}/{path}")).ToString();
}
