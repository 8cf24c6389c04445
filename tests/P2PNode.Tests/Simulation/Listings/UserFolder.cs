using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>What a user keeps in a node's folder: changes at random, whether the node runs or not, and outlives all.</summary>
internal sealed class UserFolder(Random dice, Action<Happening> count)
{
    private static readonly FilePath[] ShortPaths = [.. Paths("", folders: 5)];

    /// <summary>So long that 43 of them fill a batch.</summary>
    private static readonly FilePath[] LongPaths = [.. Paths($"{string.Join('/', Enumerable.Repeat(new string('x', 250), 4))}/", folders: 13)];

    private readonly FilePath[] _paths = dice.Next(3) == 0 ? LongPaths : ShortPaths;
    private readonly SortedDictionary<FilePath, int?> _items = [];

    /// <summary>The content at each path; null for an empty folder.</summary>
    public IReadOnlyDictionary<FilePath, int?> Items => _items;

    public void Change()
    {
        var path = _paths[dice.Next(_paths.Length)];
        switch (dice.Next(12))
        {
            case < 4:
                Put(path, dice.Next(1, 1_000));
                break;
            case < 7:
                Remove(path);
                break;
            case < 9 when _items.Count > 0:
                Rename(_items.Keys.ElementAt(dice.Next(_items.Count)), path);
                break;
            case 9:
                Put(path, null);
                break;
            case 10:
                Fill();
                break;
            default:
                foreach (var listed in _items.Keys.Where(_ => dice.Next(3) == 0).ToList())
                    Remove(listed);
                break;
        }
    }

    private static IEnumerable<FilePath> Paths(string top, int folders) =>
        from folder in Enumerable.Range(0, folders)
        from name in new[] { "", "/a", "/b", "/a/c", "!d" }
        select FilePath.Parse($"{top}{folder:D2}{name}");

    /// <summary>Somebody copies a whole tree.</summary>
    private void Fill()
    {
        foreach (var path in _paths)
            Put(path, dice.Next(4) == 0 ? null : dice.Next(1, 1_000));
    }

    private void Rename(FilePath from, FilePath to)
    {
        var content = _items[from];
        _items.Remove(from);
        Put(to, content);
    }

    private void Put(FilePath path, int? content)
    {
        for (var slash = path.Value.IndexOf('/'); slash > 0; slash = path.Value.IndexOf('/', slash + 1))
        {
            if (_items.Remove(FilePath.Parse(path.Value[..slash]), out var above) && above is not null)
                count(Happening.FileBecomesFolder);
        }

        if (Below(path) is { Count: > 0 } below)
        {
            if (content is null)
                return;
            count(Happening.FolderBecomesFile);
            below.ForEach(Remove);
        }

        _items[path] = content;
    }

    private void Remove(FilePath path) => _items.Remove(path);

    private List<FilePath> Below(FilePath path) =>
        [.. _items.Keys.Where(listed => listed.Value.StartsWith(path.Value + "/", StringComparison.Ordinal))];

    /// <summary>What a correct list says of this content.</summary>
    public static (EntryKind Kind, long Size, long Mtime, ContentRoot Root) Describe(int? content)
    {
        if (content is not { } number)
            return (EntryKind.EmptyFolder, 0, 0, default);
        Span<byte> root = stackalloc byte[ContentRoot.Size];
        BitConverter.TryWriteBytes(root, number);
        return (EntryKind.File, number, number, new ContentRoot(root));
    }
}
