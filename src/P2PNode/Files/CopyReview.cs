namespace P2PNode.Files;

/// <summary>Looks each hour, and when asked to, whether the copies below peers/ are still there as they were put there.</summary>
internal sealed class CopyReview
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly Pulse _asked = new();
    private readonly CopyStore _copies;
    private readonly TimeProvider _clock;

    public CopyReview(CopyStore copies, TimeProvider clock)
    {
        (_copies, _clock) = (copies, clock);
        copies.Doubted += Ask;
    }

    /// <summary>Looks soon.</summary>
    public void Ask() => _asked.Beat();

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // The store looked for itself when it was opened, but read nothing.
        for (var asked = _asked.Next; ;)
        {
            if (!_copies.HasDoubts)
                await Pulse.WaitAsync(asked, Every, _clock, stop);
            asked = _asked.Next; // Who asks while it is looked is heard afterwards.
            await Task.Run(() => _copies.Check(stop), stop);
        }
    }
}
