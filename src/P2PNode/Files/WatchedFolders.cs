namespace P2PNode.Files;

/// <summary>
/// Which number the kernel gave to which folder of a tree. A folder is one of the tree by its path, so that whatever
/// takes a folder away takes along all below it.
/// </summary>
internal sealed class WatchedFolders
{
    private readonly Dictionary<int, Folder> _byWatch = [];
    private readonly Folder _top = new("", parent: null);

    public int Count => _byWatch.Count;

    /// <summary>Where the folder with this number is; null for none.</summary>
    public string? PathOf(int watch) => _byWatch.TryGetValue(watch, out var folder) ? folder.Path : null;

    /// <summary>
    /// Notes a folder under its number. One that had the number at another path comes from there with all below it.
    /// </summary>
    /// <returns>The numbers that are of no more use: of what was at the path before.</returns>
    public IReadOnlyList<int> Put(int watch, string path)
    {
        if (PathOf(watch) == path)
            return [];
        _byWatch.Remove(watch, out var known);
        known?.Detach();
        var freed = Remove(path);
        var folder = known ?? new Folder("", parent: null);
        if (path.Length == 0)
            folder = _top;
        else
            folder.Attach(FolderAt(Parent(path)), path[(path.LastIndexOf('/') + 1)..]);
        folder.Watch = watch;
        _byWatch[watch] = folder;
        return freed;
    }

    /// <summary>Forgets a folder and all below it, and says their numbers.</summary>
    public IReadOnlyList<int> Remove(string path)
    {
        if (path.Length == 0)
            return [];
        var folder = _top;
        foreach (var name in path.Split('/'))
        {
            if (folder.Find(name) is not { } child)
                return [];
            folder = child;
        }

        return Forget(folder);
    }

    /// <summary>Forgets the folder with this number and all below it, and says their numbers.</summary>
    public IReadOnlyList<int> Remove(int watch) => _byWatch.TryGetValue(watch, out var folder) ? Forget(folder) : [];

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private Folder FolderAt(string path)
    {
        var folder = _top;
        if (path.Length == 0)
            return folder;
        foreach (var name in path.Split('/'))
            folder = folder.Find(name) ?? new Folder("", parent: null).Attach(folder, name);
        return folder;
    }

    private List<int> Forget(Folder top)
    {
        var freed = new List<int>();
        var rest = new Stack<Folder>([top]);
        top.Detach();
        while (rest.TryPop(out var folder))
        {
            if (folder.Watch is { } watch && _byWatch.Remove(watch))
                freed.Add(watch);
            foreach (var child in folder.Children)
                rest.Push(child);
        }

        return freed;
    }

    private sealed class Folder(string name, Folder? parent)
    {
        private Dictionary<string, Folder>? _children;
        private string _name = name;
        private Folder? _parent = parent;

        public int? Watch { get; set; }

        public IEnumerable<Folder> Children => _children?.Values ?? Enumerable.Empty<Folder>();

        public string Path
        {
            get
            {
                var path = _name;
                for (var above = _parent; above?._parent is not null; above = above._parent)
                    path = $"{above._name}/{path}";
                return path;
            }
        }

        public Folder? Find(string name) => _children?.GetValueOrDefault(name);

        public Folder Attach(Folder parent, string name)
        {
            (_parent, _name) = (parent, name);
            (parent._children ??= new(StringComparer.Ordinal)).Add(name, this);
            return this;
        }

        public void Detach()
        {
            _parent?._children?.Remove(_name);
            _parent = null;
        }
    }
}
