namespace P2PNode.Files;

/// <summary>Copies that are committed together; one that fails a step leaves the group and is discarded.</summary>
internal sealed class CommitGroup(IReadOnlyList<IncomingCopy> copies)
{
    private List<IncomingCopy> _alive = [.. copies];

    public IReadOnlyList<IncomingCopy> Alive => _alive;

    public List<CopyFailure> Failures { get; } = [];

    /// <summary>Takes a step that each copy passes or fails by itself.</summary>
    public void Each(Action<IncomingCopy> step) => _alive = [.. _alive.Where(copy => Passes(copy, () => step(copy)))];

    /// <summary>Takes a step that all pass or fail together.</summary>
    /// <returns>The copies that failed.</returns>
    public IReadOnlyList<IncomingCopy> All(Action step)
    {
        try
        {
            if (_alive.Count > 0)
                step();
            return [];
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            foreach (var copy in _alive)
                Fail(copy, e);
            var failed = _alive;
            _alive = [];
            return failed;
        }
    }

    private bool Passes(IncomingCopy copy, Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            Fail(copy, e);
            return false;
        }
    }

    private void Fail(IncomingCopy copy, Exception reason)
    {
        Failures.Add(new CopyFailure(copy.Owner, copy.Entry, CopyException.From(reason)));
        copy.Dispose();
    }
}
