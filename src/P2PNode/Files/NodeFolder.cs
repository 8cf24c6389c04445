using System.Text;
using P2PNode.Core;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// The folder of one node, held by this process alone until disposed. Knows every path in it that the program uses
/// (design 2.1).
/// </summary>
public sealed class NodeFolder : IDisposable
{
    /// <summary>Where files are received, relative to the node's folder.</summary>
    internal const string TemporaryName = ".p2pnode/tmp";

    internal const string PartialName = ".p2pnode/partial";
    internal const string TrashName = ".p2pnode/trash";
    internal const string LayersName = ".p2pnode/layers";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Nobody comes back to a file that was begun so long ago.</summary>
    private static readonly TimeSpan PartialAge = TimeSpan.FromDays(7);

    private static readonly byte[] MarkerText = Encoding.UTF8.GetBytes(
        "P2PNode keeps its state in this folder. Where this file is missing, P2PNode takes the disk for unmounted\n"
        + "and deletes nothing. Leave it here.\n");

    private readonly FileStream _lock;

    private NodeFolder(string root)
    {
        Root = root;
        State = Path.Combine(root, ".p2pnode");
        Temporary = Path.Combine(State, "tmp");
        Partial = Path.Combine(State, "partial");
        Trash = Path.Combine(State, "trash");
        Layers = Path.Combine(State, "layers");
        Outputs = Path.Combine(State, "outputs");
        Peers = Path.Combine(root, "peers");
        FileLog = Path.Combine(root, "peer_files.log");
        ListingLog = Path.Combine(State, "listing.log");
        CopyLog = Path.Combine(State, "copies.log");
        Marker = Path.Combine(State, "marker");
        RefuseOthers();
        CreatePrivate(State);
        _lock = Lock(root);
        Files = new BeneathFolder(root);
        UnfinishedOutputs = new UnfinishedOutputs(Outputs);
    }

    /// <summary>The node's own space, absolute.</summary>
    public string Root { get; }

    /// <summary>What the program keeps for itself; nobody but its owner may look in.</summary>
    public string State { get; }

    /// <summary>Files that are being received. Empty after <see cref="Open"/>.</summary>
    public string Temporary { get; }

    /// <summary>Large files of which a part was received; what is verified of it is not fetched again.</summary>
    public string Partial { get; }

    public string Trash { get; }

    /// <summary>The copies that this node keeps of the files of others.</summary>
    public string Peers { get; }

    public string FileLog { get; }

    /// <summary>All that lies below <see cref="Root"/>, for reading without passing links.</summary>
    public BeneathFolder Files { get; }

    /// <summary>The piece layers of large files, each named by the root of its file. Worth a hashing, no more.</summary>
    internal string Layers { get; }

    /// <summary>Files outside of this folder that are being written for <c>get -o</c>.</summary>
    internal UnfinishedOutputs UnfinishedOutputs { get; }

    internal string ListingLog { get; }

    internal string CopyLog { get; }

    /// <summary>Whether nothing was known of this folder when it was opened.</summary>
    public bool IsFirstStart { get; private init; }

    /// <summary>
    /// False while the marker file is missing, or another folder is in the place of the one that was opened: then this is
    /// not the folder that the state speaks of (a disk that is not mounted, a restore in part), and files that are not
    /// there were not deleted.
    /// </summary>
    public bool IsMarked => Files.IsInPlace && File.Exists(Marker);

    /// <summary>Whether the file system takes names for equal that differ in case alone.</summary>
    internal bool FoldsCase => File.Exists(Path.Combine(State, "LOCK"));

    private string Marker { get; }

    private string Outputs { get; }

    /// <summary>Locks the folder, creates what is missing and clears what an earlier run left half received.</summary>
    /// <exception cref="FolderInUseException">Another process holds the folder.</exception>
    /// <exception cref="IOException">The path is a file, or the folder cannot be written.</exception>
    public static NodeFolder Open(string path, ILogger log)
    {
        var root = Path.GetFullPath(path);
        if (File.Exists(root))
            throw new IOException($"The node's folder {root} is a file; give a folder.");
        if (EnclosingNode(root) is { } other)
            throw new IOException($"it lies in the folder of another node, {other}; put the two side by side.");
        var folder = new NodeFolder(root) { IsFirstStart = !HasState(root) };
        try
        {
            folder.Prepare(log);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Keeps nodes from starting in a folder until it is disposed of; null where none ever ran in it.</summary>
    /// <exception cref="FolderInUseException">Another process holds the folder.</exception>
    public static IDisposable? Hold(string path) => IsOfNode(path) ? Lock(path) : null;

    /// <summary>Whether a folder is a node's, be it running or not.</summary>
    /// <param name="path">Absolute.</param>
    internal static bool IsOfNode(ReadOnlySpan<char> path) => FileStatus.Of(Path.Join(path, ".p2pnode", "lock")).Kind is FileKind.File;

    /// <summary>Where this node keeps its copy of another node's file.</summary>
    public string CopyPath(NodeId owner, FilePath path) => Path.Combine(PeerFolder(owner), Local(path));

    /// <summary>The same, relative to this folder and '/' separated.</summary>
    internal static string CopyName(NodeId owner, FilePath path) => $"{PeerName(owner)}/{path}";

    /// <summary>Where this node keeps its copies of all that another node offers, relative and '/' separated.</summary>
    internal static string PeerName(NodeId owner) => $"peers/NODE{owner}";

    /// <summary>Where this node keeps its copies of all that another node offers.</summary>
    public string PeerFolder(NodeId owner) => Path.Combine(Peers, $"NODE{owner}");

    /// <summary>Writes the marker anew, on the word of a person that this folder is the right one.</summary>
    public void Mark() => AtomicFile.Write(Marker, MarkerText);

    public void Dispose()
    {
        Files.Dispose();
        _lock.Dispose();
    }

    private static string Local(FilePath path) =>
        Path.DirectorySeparatorChar == '/' ? path.Value : path.Value.Replace('/', Path.DirectorySeparatorChar);

    /// <summary>
    /// The folder of a node that this one lies in. Each would offer the other's copies as its own: without end, as every
    /// copy of a copy lies deeper.
    /// </summary>
    private static string? EnclosingNode(string root)
    {
        var target = Directory.Exists(root) ? new DirectoryInfo(root).ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
        return ParentsOf(root).Concat(ParentsOf(target)).FirstOrDefault(parent => IsOfNode(parent));

        static IEnumerable<string> ParentsOf(string? path)
        {
            for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
                yield return parent;
        }
    }

    /// <summary>
    /// Whether there is anything to lose. The folder .p2pnode alone is no sign: keys may lie in it before the first start.
    /// </summary>
    private static bool HasState(string root)
    {
        var state = Path.Combine(root, ".p2pnode");
        return File.Exists(Path.Combine(state, "listing.log")) || File.Exists(Path.Combine(state, "copies.log"));
    }

    /// <summary>Received files are renamed into place, which works within one file system only.</summary>
    private void RefuseOthers()
    {
        foreach (var path in new[] { State, Peers, Temporary, Partial, Trash, Layers, Outputs })
        {
            var what = FileStatus.Of(path).Kind switch
            {
                FileKind.SymbolicLink => "a symbolic link",
                FileKind.File or FileKind.Special => "a file",
                _ => null,
            };
            if (what is not null)
                throw new IOException($"{path} is {what}, where P2PNode needs a folder; move it away.");
        }
    }

    /// <summary>Keeps other processes from a folder, a node's or a seed's, until it is disposed of. Its state folder must be there.</summary>
    /// <exception cref="FolderInUseException">Another process holds the folder.</exception>
    internal static FileStream Lock(string root) =>
        LockFile.TryTake(Path.Combine(root, ".p2pnode", "lock")) ?? throw new FolderInUseException(root);

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly);
    }

    private void Prepare(ILogger log)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(State, OwnerOnly);
        CreatePrivate(Peers);
        CreatePrivate(Trash);
        CreatePrivate(Partial);
        CreatePrivate(Temporary);
        CreatePrivate(Layers);
        CreatePrivate(Outputs);
        var leftovers = Directory.GetFileSystemEntries(Temporary).Length;
        if (leftovers > 0)
        {
            Directory.Delete(Temporary, recursive: true);
            CreatePrivate(Temporary);
        }

        leftovers += UnfinishedOutputs.Clear();
        if (leftovers > 0)
            log.LeftoversCleared(leftovers);

        foreach (var partial in new DirectoryInfo(Partial).EnumerateFiles().Where(file => file.LastWriteTimeUtc + PartialAge < TimeProvider.System.GetUtcNow()))
            partial.Delete();

        if (IsFirstStart)
            Mark();
        else if (!IsMarked)
            log.MarkerMissing(Root);
    }
}

/// <summary>A second process was started on a folder that is in use.</summary>
public sealed class FolderInUseException(string folder)
    : IOException($"The folder {folder} is in use by another node that runs on this machine.");
