namespace P2PNode.Core.Election;

/// <summary>How patient an election is. Every wait of design 3 is a multiple of one heartbeat.</summary>
public sealed record ElectionOptions
{
    /// <summary>H, how often a leader is heard: 1 s by default, which outlasts a usual pause of a collector or a host.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so many heartbeats in a row that did not come a leader counts as lost: 3 (design 3.2).</summary>
    public int Misses { get; init; } = 3;

    /// <summary>How long a leader may be silent that beats as often as this node.</summary>
    public TimeSpan Silence => Misses * Heartbeat;

    /// <summary>How long nothing may change before a starting node stops waiting for members that do not answer.</summary>
    public TimeSpan Quiet => 2 * Heartbeat;

    /// <summary>When a starting node stops waiting although something changes all the time.</summary>
    public TimeSpan LongestJoin => 10 * Heartbeat;

    /// <summary>How far apart candidates of neighbouring rank stand (design 3.3).</summary>
    public TimeSpan Stagger => Heartbeat / 2;

    /// <summary>How long a candidate waits for objections that do not come.</summary>
    public TimeSpan AskingTime => Heartbeat / 2;

    /// <summary>How long a leader gathers the epochs of rivals before it outbids all of them with one claim.</summary>
    public TimeSpan OutbidDelay => Heartbeat / 4;

    /// <summary>How late a tick may come before the process counts as having been stopped meanwhile.</summary>
    public TimeSpan MostLate => Heartbeat / 4;

    /// <summary>
    /// How long a leader may have been stopped and lead on: half of what its followers wait before they choose another.
    /// </summary>
    public TimeSpan LongestStop => Silence / 2;

    /// <summary>How long followers keep the links between themselves after an election, in case it is not over.</summary>
    public TimeSpan LinkGrace => 2 * Heartbeat;

    /// <summary>How long a lower ID follows before it asks to lead: VRRP's preempt delay (design 3.5).</summary>
    public TimeSpan HoldDown => 3 * Heartbeat;

    /// <summary>The most that the hold-down grows to, doubling with every leadership lost (design 3.5).</summary>
    public TimeSpan LongestHoldDown => 60 * Heartbeat;

    /// <summary>How long a lost leadership is held against a node (design 3.5).</summary>
    public TimeSpan LossMemory { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long it counts that a peer had no room: longer than until it is dialled again, which is 5 s at most whatever H
    /// is; who is not, as this node has no room itself by then, may be gone meanwhile.
    /// </summary>
    public TimeSpan FullCounts { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many of the lowest members that may be there a node without a leader looks for. All of them in a small
    /// network, so that everybody hears everybody; a few in one that forms itself, where a thousand would each dial all.
    /// </summary>
    public int Breadth { get; init; } = int.MaxValue;

    /// <summary>Names every problem at once, so that a person can mend them in one go.</summary>
    public IEnumerable<string> Problems()
    {
        if (Heartbeat < TimeSpan.FromMilliseconds(10) || Heartbeat > TimeSpan.FromMinutes(1))
            yield return $"{nameof(Heartbeat)} must lie between 10 ms and 1 min; it is {Heartbeat}.";
        if (Misses is < 2 or > 100)
            yield return $"{nameof(Misses)} must lie between 2 and 100; it is {Misses}.";
        if (LossMemory < TimeSpan.Zero)
            yield return $"{nameof(LossMemory)} must not be negative; it is {LossMemory}.";
        if (Breadth < 1)
            yield return $"{nameof(Breadth)} must be at least 1; it is {Breadth}.";
    }
}
