using P2PNode.Api;
using P2PNode.Node;

namespace P2PNode.EndToEnd.Kit;

/// <summary>One node of a network: its folder, and its process while it runs.</summary>
internal sealed class NetworkNode(Network network, int id, int port) : IDisposable
{
    /// <summary>A node that does not answer in so long is asked again: it may be starting, stopped or dead.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    private readonly List<RunningProcess> _processes = [];
    private bool _stopped;

    public Network Network => network;

    public int Id => id;

    public int Port => port;

    public string Folder { get; } = Path.Combine(network.Folder, $"NODE{id}");

    /// <summary>The process that runs now, or ran last.</summary>
    public RunningProcess Process => _processes[^1];

    /// <summary>Whether it runs and was not stopped in its tracks.</summary>
    public bool IsAwake => _processes.Count > 0 && !_stopped && !Process.HasEnded;

    /// <summary>All that its processes printed, in order.</summary>
    public IEnumerable<PrintedLine> Lines => _processes.SelectMany(process => process.Lines);

    /// <summary>Where this node keeps its copies of another's files.</summary>
    public string CopiesOf(int owner) => Path.Combine(Folder, "peers", $"NODE{owner}");

    public string State(string name) => Path.Combine(Folder, ".p2pnode", name);

    public void Start(params IEnumerable<string> options)
    {
        Assert.False(_processes.Count > 0 && !Process.HasEnded, $"Node {id} runs already.");
        string[] args = ["--id", $"{id}", "--log-level", "debug"];
        _processes.Add(Executable.Start(network.Folder, args.Concat(options)));
        _stopped = false;
    }

    public void Kill()
    {
        foreach (var process in _processes)
            process.Kill();
    }

    public void Freeze()
    {
        Process.Send(ProcessSignal.Stop);
        _stopped = true;
    }

    public void Thaw()
    {
        Process.Send(ProcessSignal.Continue);
        _stopped = false;
    }

    /// <summary>Null where it does not answer.</summary>
    public async Task<StatusReport?> StatusAsync()
    {
        using var client = new LocalClient(Folder);
        using var patience = new CancellationTokenSource(AnswerPatience, TimeProvider.System);
        try
        {
            return await client.StatusAsync(patience.Token);
        }
        catch (Exception e) when (e is LocalRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The files that it is receiving; of large ones also those that it once was.</summary>
    public IEnumerable<string> Receiving => Temporary.Concat(Partial);

    public IEnumerable<string> Temporary => Directory.Exists(State("tmp")) ? Directory.EnumerateFileSystemEntries(State("tmp")) : [];

    /// <summary>Large files that came in part.</summary>
    public IEnumerable<string> Partial => Directory.Exists(State("partial")) ? Directory.EnumerateFileSystemEntries(State("partial")) : [];

    /// <summary>Writes a file of its own space.</summary>
    public string Put(string path, string content)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    /// <summary>Puts a file whole into its own space, in the place of another if there is one, and tells its hash.</summary>
    public string Replace(string path, long size, int seed)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var beside = Path.Combine(network.Folder, $"of-{id}.new");
        Content.Fill(beside, size, seed);
        var hash = Tree.Hash(beside);
        File.Move(beside, full, overwrite: true);
        return hash;
    }

    /// <summary>What it holds of another's file; null if nothing.</summary>
    public string? Copy(int owner, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(CopiesOf(owner), path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Absent, or a folder, or just being replaced.
        }
    }

    public void Dispose() => _processes.ForEach(process => process.Dispose());
}
