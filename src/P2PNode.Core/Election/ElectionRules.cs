namespace P2PNode.Core.Election;

/// <summary>
/// The rules of design 3 that are a plain yes or no, or one number. They stand apart from the machine that obeys them,
/// so that the simulator can break them one by one and show that it notices.
/// </summary>
internal class ElectionRules
{
    /// <summary>A leap of epochs that no life of a network explains: 136 years of one claim a second.</summary>
    private const long LargestLeap = 1L << 32;

    /// <summary>
    /// Whether an epoch is worth belief. Keeps a broken or hostile member from driving the number to its end, where no
    /// claim could follow.
    /// </summary>
    public static bool IsCredible(Epoch mine, Epoch theirs) =>
        theirs.Value - mine.Value <= LargestLeap && theirs.Value <= long.MaxValue - LargestLeap;

    /// <summary>Rule 1: a greater epoch, or the leader already accepted in this one.</summary>
    public virtual bool MayAccept(Epoch mine, NodeId? accepted, Epoch theirs, NodeId leader) =>
        theirs > mine || (theirs == mine && leader == accepted);

    /// <summary>Rule 3: whether a candidate asks before it claims.</summary>
    public virtual bool AsksBeforeClaiming => true;

    /// <summary>Rule 3: whether a lower ID of which nothing can be heard is left out of a candidate's rank.</summary>
    public virtual bool RanksLiveOnly => true;

    /// <summary>Rule 8: whether a candidate waits that found no room at a lower ID, or at one that hears a leader.</summary>
    public virtual bool HeedsTheFull => true;

    /// <summary>Rule 4.</summary>
    public virtual Epoch EpochOfClaim(Epoch highestSeen) => highestSeen.Next;

    /// <summary>Rule 4: the least time between two claims of one node.</summary>
    public virtual TimeSpan BetweenClaims(ElectionOptions options) => options.Heartbeat;

    /// <summary>Rule 5: how long a lower ID follows before it may lead, after so many leaderships lost of late.</summary>
    public virtual TimeSpan HoldDown(ElectionOptions options, int losses)
    {
        var doubled = options.HoldDown * Math.Pow(2, Math.Min(losses, 16));
        return doubled < options.LongestHoldDown ? doubled : options.LongestHoldDown;
    }

    /// <summary>Rule 6: whether a leader gives way at once to another one that it meets.</summary>
    public virtual bool GivesWayTo(NodeId self, NodeId other) => other < self;

    /// <summary>
    /// Whether a leader believes what it is told about a later leadership. News of itself is old news: two heartbeats
    /// that overtook one another would otherwise make it outbid itself for ever.
    /// </summary>
    public virtual bool Heeds(NodeId self, Epoch mine, Epoch theirs, NodeId? leader) =>
        leader != self && theirs >= mine;

    /// <summary>
    /// Whether a leader that reaches <paramref name="reached"/> members (itself counted) must stand aside, as
    /// <paramref name="cutOff"/> live ones cannot reach it: half of all, as in elasticsearch#43183.
    /// </summary>
    public virtual bool MustStandAside(int reached, int cutOff) => cutOff > 0 && cutOff >= reached;
}
