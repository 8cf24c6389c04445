namespace P2PNode.Files;

/// <summary>Copies that are committed together; one that fails a step leaves the group and is discarded.</summary>
internal sealed class CommitGroup(IReadOnlyList<IncomingCopy> copies)
{
    private List<IncomingCopy> _alive = [.. copies];

    public IReadOnlyList<IncomingCopy> Alive => _alive;

    public List<CopyFailure> Failures { get; } = [];

    /// <summary>Takes a step that each copy passes or fails by itself.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="discards">Whether the bytes of one that fails are not to be trusted by a later attempt either.</param>
    public void Each(Action<IncomingCopy> step, bool discards = false) =>
        _alive = [.. _alive.Where(copy => Passes(copy, step, discards))];

    /// <summary>Takes a step that all pass or fail together.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="discards">Whether their bytes are not to be trusted by a later attempt either.</param>
    /// <returns>The copies that failed.</returns>
    public IReadOnlyList<IncomingCopy> All(Action step, bool discards = false)
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
                Fail(copy, e, discards);
            var failed = _alive;
            _alive = [];
            return failed;
        }
    }

    private bool Passes(IncomingCopy copy, Action<IncomingCopy> step, bool discards)
    {
        try
        {
            step(copy);
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            Fail(copy, e, discards);
            return false;
        }
    }

    private void Fail(IncomingCopy copy, Exception reason, bool discards)
    {
        Failures.Add(new CopyFailure(copy.Owner, copy.Entry, CopyException.From(reason)));
        if (discards)
            copy.Discard();
        else
            copy.Dispose();
    }
}
