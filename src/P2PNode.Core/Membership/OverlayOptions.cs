namespace P2PNode.Core.Membership;

/// <summary>How many neighbours a node has, and how patient it is with them (docs/protocol.md, Overlay).</summary>
public sealed record OverlayOptions
{
    /// <summary>Texts are at most so long, in bytes of UTF-8.</summary>
    public const int MostTextBytes = 64 * 1024;

    /// <summary>So many texts are kept whole for neighbours that missed them.</summary>
    public const int MostTextsKept = 512;

    /// <summary>
    /// Whether members come from seeds or discovery. Otherwise the network is a small one: nobody looks for neighbours,
    /// every link carries gossip, and who lives is told by the leader.
    /// </summary>
    public bool IsLarge { get; init; }

    /// <summary>How many neighbours a node looks for: 4.</summary>
    public int Chosen { get; init; } = 4;

    /// <summary>
    /// How many that chose this node it keeps before it drops one at random: 16. A bound on the sum of both would split
    /// a network of 1,000 into 200 cliques.
    /// </summary>
    public int Accepted { get; init; } = 16;

    /// <summary>How many members are remembered to take the place of a lost neighbour: 32.</summary>
    public int Passive { get; init; } = 32;

    /// <summary>How often each neighbour is probed: 1 s.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so many probes in a row without an answer a neighbour is suspected: 3.</summary>
    public int Misses { get; init; } = 3;

    /// <summary>How often texts of late are compared with a neighbour's, in case one was lost: 5 s.</summary>
    public TimeSpan Gossip { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long news of members is gathered before it is told: 0.1 s.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>How often a part of the passive list is exchanged with a neighbour: 30 s.</summary>
    public TimeSpan Shuffle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often one chosen neighbour is exchanged for another, which mixes parts that were apart: 5 min.</summary>
    public TimeSpan Rotate { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a dead member is dialled, so that parts of a network find one another again: 30 s.</summary>
    public TimeSpan Revisit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long the dead are dialled and listed: a day.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long texts are kept for neighbours that missed them: 60 s.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How far apart the texts of one origin are in the long run: 0.2 s. Others take twice as many, as texts may bunch up on their way.</summary>
    public TimeSpan BetweenTexts { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Texts of one origin at once: 50. Twice as many stay within the window of 128.</summary>
    public int TextsAtOnce { get; init; } = 50;

    /// <summary>How long a witness, or whoever is asked for something, may take to answer.</summary>
    internal TimeSpan Patience => (Misses + 2) * Probe;

    /// <summary>How long a suspect has to speak up before it is declared dead.</summary>
    internal TimeSpan Refutation => 4 * Probe;

    /// <summary>The longest that it takes as a rule from the last word of a neighbour until it is declared dead.</summary>
    public TimeSpan Condemnation => Misses * Probe + Patience + Refutation;

    /// <summary>How long a member is not asked again that could not be reached or parted.</summary>
    internal TimeSpan Avoidance => 60 * Probe;

    /// <summary>How late a step may come before the process counts as having been stopped meanwhile.</summary>
    internal TimeSpan MostLate => Probe / 4;

    /// <summary>Names every problem at once, so that a person can mend them in one go.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (name, value) in Numbers())
        {
            if (value is < 1 or > 1_000)
                yield return $"{name} must lie between 1 and 1000; it is {value}.";
        }

        foreach (var (name, value) in Times())
        {
            if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromDays(7))
                yield return $"{name} must lie between 10 ms and 7 days; it is {value}.";
        }
    }

    private IEnumerable<(string Name, int Value)> Numbers() =>
    [
        (nameof(Chosen), Chosen), (nameof(Accepted), Accepted), (nameof(Passive), Passive), (nameof(Misses), Misses),
        (nameof(TextsAtOnce), TextsAtOnce),
    ];

    private IEnumerable<(string Name, TimeSpan Value)> Times() =>
    [
        (nameof(Probe), Probe), (nameof(Gossip), Gossip), (nameof(Gather), Gather), (nameof(Shuffle), Shuffle),
        (nameof(Rotate), Rotate), (nameof(Revisit), Revisit), (nameof(Remember), Remember), (nameof(Keep), Keep),
        (nameof(BetweenTexts), BetweenTexts),
    ];
}
