namespace P2PNode.Core.Election;

/// <summary>What a node remembers of elections over a restart.</summary>
/// <param name="Epoch">The last epoch persisted, 0 at the very first start.</param>
/// <param name="Leader">The leader persisted with it, null at the very first start.</param>
/// <param name="SinceClaim">
/// How long ago it last claimed, at the least; zero or less where that is not known, <see cref="TimeSpan.MaxValue"/>
/// where it never did.
/// </param>
public sealed record ElectionPast(Epoch Epoch, NodeId? Leader, TimeSpan SinceClaim)
{
    /// <summary>Of a node that starts for the first time.</summary>
    public static readonly ElectionPast None = new(default, null, TimeSpan.MaxValue);
}
