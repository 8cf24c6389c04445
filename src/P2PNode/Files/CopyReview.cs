namespace P2PNode.Files;

/// <summary>Looks each hour, and when asked to, whether the copies below peers/ are still there as they were put there.</summary>
internal sealed class CopyReview(CopyStore copies, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly Pulse _asked = new();

    /// <summary>Looks soon.</summary>
    public void Ask() => _asked.Beat();

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // The store looked for itself when it was opened.
        for (var asked = _asked.Next; ;)
        {
            await Pulse.WaitAsync(asked, Every, clock, stop);
            asked = _asked.Next; // Who asks while it is looked is heard afterwards.
            await Task.Run(() => copies.Check(stop), stop);
        }
    }
}
