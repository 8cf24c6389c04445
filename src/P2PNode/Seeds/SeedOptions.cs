using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Seeds;

/// <summary>Everything one seed needs to know before it starts.</summary>
public sealed record SeedOptions
{
    /// <summary>Where nodes register.</summary>
    public required NodeAddress Listen { get; init; }

    /// <summary>Where the seed keeps its identity and its list, an absolute path; it need not exist yet.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the network's keys are looked for and made: the folder of nodes.json, or the working directory.</summary>
    public required string Home { get; init; }

    /// <summary>After which time who has not renewed its registration is dropped.</summary>
    public TimeSpan Lapse { get; init; } = SeedBook.UsualLapse;
}
