using System.Text.RegularExpressions;

namespace P2PNode.EndToEnd.Kit;

/// <summary>A test of nodes that run in one folder and that nobody numbered. The folder and their processes go with it.</summary>
public abstract partial class LooseNodesTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("p2pnode-");
    private readonly List<RunningProcess> _processes = [];

    private protected string Folder => _folder.FullName;

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a node, and waits until it says who it is and where it listens.</summary>
    private protected async Task<(RunningProcess Process, string Id, string Port)> StartAsync(params string[] options)
    {
        var process = Executable.Start(Folder, options);
        lock (_processes)
            _processes.Add(process);
        await Eventually.HoldsAsync(() => Starts().IsMatch(process.Error) || process.HasEnded, "the node starts");
        Assert.False(process.HasEnded, process.Error);
        var match = Starts().Match(process.Error);
        return (process, match.Groups[1].Value, match.Groups[2].Value);
    }

    [GeneratedRegex(@"Node (\d+) starts at 127\.0\.0\.1:(\d+), ")]
    private static partial Regex Starts();
}
