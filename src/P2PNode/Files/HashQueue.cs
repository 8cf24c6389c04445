using System.Collections.Concurrent;

namespace P2PNode.Files;

/// <summary>
/// Hashes files on a few threads, many small ones in one go. All methods but the callback belong to one caller.
/// </summary>
/// <param name="files">Where the files are.</param>
/// <param name="layers">Where the piece layers of large files are kept.</param>
/// <param name="onDone">Told the results of a go, from any thread.</param>
internal sealed class HashQueue(BeneathFolder files, PieceLayers layers, Action<IReadOnlyList<(Difference What, HashResult Result)>> onDone)
{
    private const int MostFilesAtOnce = 64;
    private const long MostBytesAtOnce = 4 << 20;

    private readonly Queue<Difference> _waiting = new();
    private readonly Dictionary<string, Difference> _queued = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<FileHasher> _hashers = [];
    private readonly int _threads = Math.Max(2, Environment.ProcessorCount);
    private readonly HashSet<Task> _running = [];

    public bool IsIdle => _waiting.Count == 0 && _running.Count == 0;

    /// <summary>Files whose results were not taken in yet.</summary>
    public int Count => _queued.Count;

    /// <summary>Adds a file, unless it waits or is being hashed as it is.</summary>
    public bool Add(in Difference what)
    {
        if (_queued.TryGetValue(what.Path.Value, out var before) && before == what)
            return false;
        _queued[what.Path.Value] = what;
        _waiting.Enqueue(what);
        return true;
    }

    /// <summary>Takes a result off the books.</summary>
    public void Done(in Difference what)
    {
        if (_queued.TryGetValue(what.Path.Value, out var queued) && queued == what)
            _queued.Remove(what.Path.Value);
    }

    /// <summary>Sets free threads to work.</summary>
    public void Dispatch(CancellationToken stop)
    {
        _running.RemoveWhere(task => task.IsCompleted);
        while (_waiting.Count > 0 && _running.Count < _threads)
        {
            var batch = NextBatch();
            _running.Add(Task.Run(() => onDone(Hash(batch, stop)), CancellationToken.None));
        }
    }

    /// <summary>Returns when no thread is at work any more.</summary>
    public Task WhenQuietAsync() => Task.WhenAll(_running);

    private List<Difference> NextBatch()
    {
        var batch = new List<Difference>();
        var bytes = 0L;
        do
        {
            var next = _waiting.Dequeue();
            batch.Add(next);
            bytes += next.Stamp.Size;
        }
        while (batch.Count < MostFilesAtOnce && _waiting.TryPeek(out var peek) && bytes + peek.Stamp.Size <= MostBytesAtOnce);
        return batch;
    }

    private List<(Difference What, HashResult Result)> Hash(List<Difference> batch, CancellationToken stop)
    {
        var hasher = _hashers.TryTake(out var free) ? free : new FileHasher(files, layers);
        var results = new List<(Difference, HashResult)>(batch.Count);
        foreach (var what in batch)
        {
            if (stop.IsCancellationRequested)
                break;
            results.Add((what, hasher.Hash(what.Path.Value, what.Stamp, stop)));
        }

        _hashers.Add(hasher);
        return results;
    }
}
