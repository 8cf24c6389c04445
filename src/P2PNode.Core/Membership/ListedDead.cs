namespace P2PNode.Core.Membership;

/// <summary>
/// Whom a seed lists though the node that gets the list knows that it is dead. Few nodes see a death for themselves, and
/// these few may all use other seeds; but lists are asked for all the time, and the first one that is wrong is corrected.
/// </summary>
public static class ListedDead
{
    /// <summary>No more of one list are told to the seed, which takes 20 frames a second and may be asked for a list each second; other nodes get lists too.</summary>
    public const int MostAtOnce = 16;

    /// <summary>Those who died in the life in which they are listed, or in a later one; as they are known.</summary>
    /// <param name="listed">The seed's list.</param>
    /// <param name="known">What the node knows of a member; null where nothing.</param>
    public static Member[] Among(IEnumerable<Member> listed, Func<NodeId, Member?> known) =>
        [.. listed.SelectMany(member => known(member.Id) is { State: MemberState.Dead } dead && dead.Incarnation >= member.Incarnation ? [dead] : Array.Empty<Member>())];
}
