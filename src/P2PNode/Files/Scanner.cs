using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>A file or an empty folder that is not listed as it is now.</summary>
/// <param name="Path">Where.</param>
/// <param name="Kind">A file, or an empty folder.</param>
/// <param name="Stamp">What it looked like when it was met.</param>
internal readonly record struct Difference(FilePath Path, EntryKind Kind, FileStamp Stamp);

/// <summary>What a scan found beside differences.</summary>
/// <param name="Number">The number under which it marked what it met.</param>
/// <param name="Folders">Which folders it searched, with all below them; "" is the whole space.</param>
/// <param name="Unsearched">Folders and files that the system refused to show; nothing is known of what is there.</param>
/// <param name="NotShared">What cannot be offered.</param>
internal sealed record ScanReport(
    int Number,
    IReadOnlyList<string> Folders,
    IReadOnlyList<string> Unsearched,
    IReadOnlyList<NotShared> NotShared)
{
    /// <summary>Says of nothing that it is there or not: the folder itself is not.</summary>
    public static ScanReport OutOfPlace(IReadOnlyList<string> folders) => new(
        Number: 0, folders, Unsearched: [""], NotShared: [new NotShared(".", "the folder itself was moved away, replaced or unmounted")]);
}

/// <summary>Walks the own space and compares what is there with the listing, one call of the system for each name.</summary>
internal sealed class Scanner(string root, ListingStore listing)
{
    /// <summary>The names at the top of a node's folder that are not its own space (design 2.1).</summary>
    private static readonly string[] Reserved = ["peers", "shared", "peer_files.log", ".p2pnode"];

    private const string OfAnotherNode = "it is the folder of another node";

    public static bool IsReserved(ReadOnlySpan<char> relative)
    {
        var slash = relative.IndexOf('/');
        var top = slash < 0 ? relative : relative[..slash];
        foreach (var name in Reserved)
        {
            if (top.SequenceEqual(name))
                return true;
        }

        return false;
    }

    /// <summary>Why something of this kind is not shared; null if it is.</summary>
    public static string? Refusal(FileKind kind) => kind switch
    {
        FileKind.SymbolicLink => "symbolic links are not shared",
        FileKind.Special => "it is neither a file nor a folder",
        _ => null,
    };

    /// <summary>Why a file under this stamp is not shared; null if it is.</summary>
    public static string? Refusal(in FileStamp stamp) => stamp.MtimeTicks < 0 || stamp.MtimeTicks > DateTime.MaxValue.Ticks
        ? "its time lies outside the years 1 to 9999"
        : null;

    /// <summary>Why what was not found under its name is not shared: the name as it is read is not the one that it has.</summary>
    public static string? RefusalOfMissing(ReadOnlySpan<char> path) =>
        path.Contains('\uFFFD') ? "its name is not valid UTF-8" : null;

    /// <summary>The folder of another node that a path is or lies in: nothing of it is shared. Null where there is none.</summary>
    public string? NodeAround(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (IsOfNode(root, path.AsSpan(0, slash)))
                return path[..slash];
        }

        return path.Length > 0 && IsOfNode(root, path) ? path : null;
    }

    /// <summary>Searches folders and all below them.</summary>
    /// <param name="folders">Relative; "" for all.</param>
    /// <param name="onFolder">Told each folder before it is read.</param>
    /// <param name="onDifference">Told each difference at once; may block to slow the scan down.</param>
    /// <param name="stop">Ends the scan early, without a report.</param>
    public ScanReport Run(
        IReadOnlyList<string> folders, Action<string> onFolder, Action<Difference> onDifference, CancellationToken stop)
    {
        var number = listing.BeginScan();
        var walk = new Walk(root, listing, onFolder, onDifference);
        foreach (var folder in folders)
        {
            if (NodeAround(folder) is { } node)
                walk.NotShared.Add(new NotShared(node, OfAnotherNode));
            else
                walk.Search(folder, stop);
        }

        return new ScanReport(number, folders, walk.Unsearched, walk.NotShared);
    }

    /// <summary>Whether anything in a folder can be offered.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public bool IsEmpty(string folder)
    {
        using var children = new FolderEnumerator(root, folder, (folder, path, full) =>
            FileStatus.Of(full).Kind is FileKind.File or FileKind.Folder && FilePath.TryParse(path.ToString(), out _, out _) && !IsOfNode(root, path));
        while (children.MoveNext())
        {
            if (children.Current)
                return false;
        }

        return true;
    }

    private static bool IsOfNode(string root, ReadOnlySpan<char> folder) =>
        FileStatus.Of(Path.Join(root, folder, ".p2pnode")).Kind is FileKind.Folder;

    /// <summary>One scan under way.</summary>
    private sealed class Walk(
        string root, ListingStore listing, Action<string> onFolder, Action<Difference> onDifference)
    {
        private readonly Stack<string> _folders = new();
        private bool _hasChildren;

        public List<string> Unsearched { get; } = [];

        public List<NotShared> NotShared { get; } = [];

        public void Search(string start, CancellationToken stop)
        {
            _folders.Push(start);
            while (_folders.TryPop(out var folder))
            {
                stop.ThrowIfCancellationRequested();
                try
                {
                    SearchOne(folder);
                }
                catch (DirectoryNotFoundException) when (folder.Length > 0)
                {
                    // It went away since its parent was read: what was listed below it is missing.
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    Unsearched.Add(folder);
                    NotShared.Add(new NotShared(folder, $"the folder cannot be read: {e.Message}"));
                }
            }
        }

        private void SearchOne(string folder)
        {
            _hasChildren = false;
            onFolder(folder);
            using (var children = new FolderEnumerator(root, folder, Meet))
            {
                while (children.MoveNext())
                {
                }
            }

            if (!_hasChildren && folder.Length > 0)
                Compare(folder, EntryKind.EmptyFolder, FileStatus.Of(Path.Join(root, folder)).Stamp);
        }

        private bool Meet(ReadOnlySpan<char> folder, ReadOnlySpan<char> path, ReadOnlySpan<char> full)
        {
            if (folder.Length == 0 && IsReserved(path))
                return false;
            try
            {
                return Meet(path, FileStatus.Of(full));
            }
            catch (IOException e)
            {
                Unsearched.Add(path.ToString());
                NotShared.Add(new NotShared(path.ToString(), $"it cannot be looked at: {e.Message}"));
                return false;
            }
        }

        private bool Meet(ReadOnlySpan<char> path, FileStatus status) => status.Kind switch
        {
            FileKind.File => Compare(path, EntryKind.File, status.Stamp),
            FileKind.Folder => Enter(path.ToString()),
            FileKind.SymbolicLink or FileKind.Special => Refuse(path, Refusal(status.Kind)!),
            _ => RefusalOfMissing(path) is { } reason && Refuse(path, reason),
        };

        private bool Enter(string path)
        {
            if (!FilePath.TryParse(path, out _, out var reason))
                return Refuse(path, reason);
            if (IsOfNode(root, path))
                return Refuse(path, OfAnotherNode);
            _folders.Push(path);
            return _hasChildren = true;
        }

        private bool Compare(ReadOnlySpan<char> path, EntryKind kind, FileStamp stamp)
        {
            if (!listing.See(path, kind, stamp))
            {
                if (!FilePath.TryParse(path.ToString(), out var name, out var reason))
                    return Refuse(path, reason);
                if (kind is EntryKind.File && Refusal(stamp) is { } refusal)
                    Refuse(path, refusal);
                else
                    onDifference(new Difference(name, kind, stamp));
            }

            return _hasChildren = true;
        }

        private bool Refuse(ReadOnlySpan<char> path, string reason)
        {
            NotShared.Add(new NotShared(path.ToString(), reason));
            return false;
        }
    }
}
