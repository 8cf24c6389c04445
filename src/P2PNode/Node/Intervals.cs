using P2PNode.Core.Election;
using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>What a node or a seed does by the clock: how often, and how patiently. Immutable; vary it with <c>with</c>.</summary>
public sealed record Intervals
{
    public ElectionOptions Election { get; init; } = new();

    public OverlayOptions Overlay { get; init; } = new();

    /// <summary>How often a node announces itself on the local network in the long run: 2 to 30 s.</summary>
    public TimeSpan Announce { get; init; } = AnnouncementSchedule.UsualPause;

    /// <summary>How often a node renews its registration with a seed; at most half of any <see cref="Lapse"/>.</summary>
    public TimeSpan Renew { get; init; } = SeedBook.UsualRenewal;

    /// <summary>After which time a seed drops who has not renewed.</summary>
    public TimeSpan Lapse { get; init; } = SeedBook.UsualLapse;
}
