using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>What a user keeps in a node's folder: changes at random, whether the node runs or not, and outlives all.</summary>
internal sealed class UserFolder(Random dice, Action<Happening> count)
{
    private static readonly Tree Short = new("", folders: 5);

    /// <summary>So long that 45 of them fill a batch.</summary>
    private static readonly Tree Long = new($"/{string.Join('/', Enumerable.Repeat(new string('x', 250), 4))}", folders: 16);

    private readonly Tree _tree = dice.Next(4) == 0 ? Long : Short;
    private readonly SortedDictionary<FilePath, int?> _items = [];
    private int _touches;

    /// <summary>The content at each path; null for an empty folder.</summary>
    public IReadOnlyDictionary<FilePath, int?> Items => _items;

    public void Change()
    {
        var path = _tree.Paths[dice.Next(_tree.Paths.Length)];
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

    /// <summary>A change that leaves no doubt that it is one.</summary>
    public void Touch() => Put(_tree.Paths[dice.Next(_tree.Paths.Length)], 1_000 + _touches++);

    /// <summary>Somebody copies a whole tree.</summary>
    private void Fill()
    {
        foreach (var path in _tree.Paths)
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
        foreach (var above in _tree.Above[path])
        {
            if (_items.Remove(above, out var was) && was is not null)
                count(Happening.FileBecomesFolder);
        }

        var below = _tree.Below[path].Where(_items.ContainsKey).ToList();
        if (below.Count > 0)
        {
            if (content is null)
                return;
            count(Happening.FolderBecomesFile);
            below.ForEach(Remove);
        }

        _items[path] = content;
    }

    private void Remove(FilePath path) => _items.Remove(path);

    /// <summary>What a correct list says of this content.</summary>
    public static (EntryKind Kind, long Size, long Mtime, ContentRoot Root) Describe(int? content)
    {
        if (content is not { } number)
            return (EntryKind.EmptyFolder, 0, 0, default);
        Span<byte> root = stackalloc byte[ContentRoot.Size];
        BitConverter.TryWriteBytes(root, number);
        return (EntryKind.File, number, number, new ContentRoot(root));
    }

    /// <summary>The paths that a user may use, with those that cannot all be files at once.</summary>
    private sealed class Tree
    {
        public Tree(string middle, int folders)
        {
            Paths =
            [
                .. from folder in Enumerable.Range(0, folders)
                   from name in new[] { "", "/a", "/b", "/a/c", "!d" }
                   select FilePath.Parse($"{folder:D2}{middle}{name}"),
            ];
            Above = Paths.ToDictionary(path => path, path => Paths.Where(other => IsUnder(path, other)).ToArray());
            Below = Paths.ToDictionary(path => path, path => Paths.Where(other => IsUnder(other, path)).ToArray());
        }

        public FilePath[] Paths { get; }

        public Dictionary<FilePath, FilePath[]> Above { get; }

        public Dictionary<FilePath, FilePath[]> Below { get; }

        private static bool IsUnder(FilePath path, FilePath folder) =>
            path.Value.StartsWith(folder.Value + "/", StringComparison.Ordinal);
    }
}
