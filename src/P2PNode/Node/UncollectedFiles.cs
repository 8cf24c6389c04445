using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Tells the log which files are not collected. They fail one by one; those of an owner that fail at about the same time for
/// one reason, such as a full disk, are told together. Thread-safe.
/// </summary>
internal sealed class UncollectedFiles(TaskGroup tasks, TimeProvider clock, ILogger log)
{
    /// <summary>More are told in one line.</summary>
    private const int MostLines = 3;

    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Dictionary<(NodeId Owner, string Reason), Failed> _failed = [];

    /// <summary>Notes failures; they are told a moment later.</summary>
    public void Add(NodeId owner, IReadOnlyCollection<(FileEntry File, string Reason)> failures)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _failed.Count == 0 && failures.Count > 0;
            foreach (var (file, reason) in failures)
            {
                if (!_failed.TryGetValue((owner, reason), out var failed))
                    _failed[(owner, reason)] = failed = new Failed();
                failed.Add(file);
            }
        }

        if (isFirst)
            _ = tasks.Start(TellLaterAsync);
    }

    private async Task TellLaterAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(Gathering, clock, stop);
        }
        finally
        {
            Tell();
        }
    }

    private void Tell()
    {
        Dictionary<(NodeId Owner, string Reason), Failed> gathered;
        lock (_gate)
            (gathered, _failed) = (_failed, []);
        foreach (var ((owner, reason), failed) in gathered)
        {
            if (reason == CopyException.OnItsWay)
                failed.First.ForEach(file => log.FileComesElsewhere(owner, file, reason));
            else if (failed.Count > MostLines)
                log.ManyFailed(owner, failed.Count, reason);
            else
                failed.First.ForEach(file => log.FileFailed(owner, file, reason));
        }
    }

    /// <summary>Files that failed for one reason: the first few, and how many.</summary>
    private sealed class Failed
    {
        public List<FileEntry> First { get; } = [];

        public int Count { get; private set; }

        public void Add(FileEntry file)
        {
            if (Count++ < MostLines)
                First.Add(file);
        }
    }
}
