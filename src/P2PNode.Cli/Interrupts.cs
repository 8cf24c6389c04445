namespace P2PNode.Cli;

/// <summary>Ctrl-C, which at a terminal may be meant for less than the whole process. Thread-safe.</summary>
internal sealed class Interrupts
{
    private volatile Func<bool>? _taker;

    /// <summary>Offers each Ctrl-C from now on to one who says whether it was for him; null for nobody.</summary>
    public void OfferTo(Func<bool>? taker) => _taker = taker;

    /// <summary>A Ctrl-C came; false where it is for the process as a whole.</summary>
    public bool TryTake() => _taker?.Invoke() ?? false;
}
