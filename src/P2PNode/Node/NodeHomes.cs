using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Security;

namespace P2PNode.Node;

/// <summary>
/// The nodes of one machine that nodes.json does not name: their IDs, in the order in which a start without an ID takes
/// them, in <c>.p2pnode/homes</c> beside nodes.json. Several processes may choose at once: a lock file lets one at a time.
/// </summary>
/// <param name="directory">The folder of nodes.json, or the working directory where there is none.</param>
/// <param name="folderOf">The absolute path of a node's folder.</param>
/// <param name="isListed">Whether nodes.json names a node; none if null.</param>
public sealed class NodeHomes(string directory, Func<NodeId, string> folderOf, Func<NodeId, bool>? isListed = null)
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly string _state = Path.Combine(directory, ".p2pnode");

    private string ListFile => Path.Combine(_state, "homes");

    /// <summary>The sentence for people where the list was damaged when it was read last, with what came of it; else null.</summary>
    public string? Loss { get; private set; }

    /// <summary>The nodes that are remembered, the first choice first; where the list is damaged, those whose folders are here.</summary>
    /// <exception cref="NodeStartException">The list cannot be read; the message says what to do.</exception>
    public IReadOnlyList<NodeId> All()
    {
        try
        {
            Loss = null;
            var numbers = new DurableNumbers(ListFile).Read() ?? [];
            return numbers.All(number => number is > 0 and <= int.MaxValue)
                ? [.. numbers.Select(number => new NodeId((int)number)).Distinct()]
                : Found();
        }
        catch (InvalidDataException)
        {
            return Found();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"{e.Message.TrimEnd('.')}; say which node is meant with --id, or move the file away.", e);
        }
    }

    /// <summary>
    /// The first node whose folder no other process has, or a new one. A node whose folder is gone is forgotten: it may run
    /// at another place by now, and an ID that is begun anew would be a second node with it. One whose folder is a link that
    /// leads nowhere, as to a disk that is not mounted, is only passed over.
    /// </summary>
    /// <param name="isTaken">Whether an ID is that of a node elsewhere.</param>
    /// <param name="clock">Times the wait for others that choose.</param>
    /// <param name="stop">Ends that.</param>
    /// <returns>Keeps others from taking the same node, until it is disposed of.</returns>
    /// <inheritdoc cref="All" path="/exception"/>
    public Task<NodeHome> TakeAsync(Func<NodeId, bool> isTaken, TimeProvider clock, CancellationToken stop) => ChangeAsync(
        all =>
        {
            if (Loss is not null)
                Mend(all);
            var there = all.Where(id => Directory.Exists(folderOf(id))).ToList();
            var away = all.Except(there).Where(id => Path.Exists(folderOf(id))).ToDictionary(id => id, folderOf);
            var gone = all.Except(there).Except(away.Keys).ToDictionary(id => id, folderOf);
            var remembered = all.Except(gone.Keys).ToList();
            if (there.Select(id => NodeHome.TryHold(id, folderOf(id))).FirstOrDefault(home => home is not null) is { } home)
            {
                if (gone.Count > 0)
                    Write(remembered);
                return home.Instead(gone, away);
            }

            var chosen = RandomNodeId.Choose(id => isTaken(id) || all.Contains(id) || Path.Exists(folderOf(id)));
            Write([.. remembered, chosen]);
            var taken = NodeHome.TryHold(chosen, folderOf(chosen)) ?? throw new IOException($"{folderOf(chosen)} is in use, though it is new");
            return taken.Instead(gone, away);
        },
        clock,
        stop);

    /// <summary>Makes a node the first choice, as one that has joined a network.</summary>
    /// <inheritdoc cref="All" path="/exception"/>
    public Task PreferAsync(NodeId id, TimeProvider clock, CancellationToken stop) => ChangeAsync(
        all =>
        {
            Write([id, .. all.Where(other => other != id)]);
            return id;
        },
        clock,
        stop);

    private IReadOnlyList<NodeId> Found()
    {
        IReadOnlyList<NodeId> found = [.. NodesHere.Numbered(directory).Where(id => isListed?.Invoke(id) is not true)];
        Loss = $"{ListFile} is damaged and written anew: " + found switch
        {
            [] => "no node has a folder here, so that a new one begins",
            [var only] => $"node {only} is the only one that has a folder here",
            _ => $"the nodes {string.Join(", ", found)} have folders here",
        };
        return found;
    }

    /// <exception cref="NodeStartException">Nothing says which of several nodes a start is meant for.</exception>
    private void Mend(IReadOnlyList<NodeId> found)
    {
        if (found.Count > 1)
            throw new NodeStartException($"{ListFile} is damaged, and the nodes {string.Join(", ", found)} have folders here; say which one is meant with --id, or move the file away to begin a new one.");
        if (found.Count > 0)
            Write(found);
    }

    private async Task<T> ChangeAsync<T>(Func<IReadOnlyList<NodeId>, T> change, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            using var locked = await LockAsync(clock, stop);
            return change(All());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"What is remembered of nodes in {_state} cannot be changed: {e.Message.TrimEnd('.')}; say which node to run with --id.", e);
        }
    }

    private void Write(IEnumerable<NodeId> ids)
    {
        new DurableNumbers(ListFile).Write([.. ids.Select(id => (long)id.Value)]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ListFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task<IDisposable> LockAsync(TimeProvider clock, CancellationToken stop)
    {
        PrivateFile.CreateFolder(_state);
        return await LockFile.TakeAsync(Path.Combine(_state, "homes.lock"), LockPatience, clock, stop);
    }
}

/// <summary>A node that this process has taken, and no other takes before it is disposed of.</summary>
public sealed class NodeHome : IDisposable
{
    private readonly FileStream? _lock;

    private NodeHome(NodeId id, FileStream? held) => (Id, _lock) = (id, held);

    public NodeId Id { get; }

    /// <summary>Nodes that were found to have left for elsewhere, and the folders that they had.</summary>
    public IReadOnlyDictionary<NodeId, string> Gone { get; private init; } = new Dictionary<NodeId, string>();

    /// <summary>Nodes whose folders are not there now, and the links in their places.</summary>
    public IReadOnlyDictionary<NodeId, string> Away { get; private init; } = new Dictionary<NodeId, string>();

    /// <summary>A node whose folder a person named: the folder's own lock has to do.</summary>
    public static NodeHome Named(NodeId id) => new(id, null);

    /// <summary>Null where another process has the node, be it that it runs there or is about to.</summary>
    internal static NodeHome? TryHold(NodeId id, string folder)
    {
        try
        {
            NodeFolder.Hold(folder)?.Dispose();
        }
        catch (FolderInUseException)
        {
            return null;
        }

        var state = Path.Combine(folder, ".p2pnode");
        PrivateFile.CreateFolder(state);
        return LockFile.TryTake(Path.Combine(state, "taken")) is { } taken ? new NodeHome(id, taken) : null;
    }

    internal NodeHome Instead(IReadOnlyDictionary<NodeId, string> gone, IReadOnlyDictionary<NodeId, string> away) => new(Id, _lock) { Gone = gone, Away = away };

    public void Dispose() => _lock?.Dispose();
}
