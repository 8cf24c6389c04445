using P2PNode.Core.Membership;

namespace P2PNode.Protocol;

/// <summary>What a peer may make this node hold or wait for. Checked before anything is allocated (design 6, Frames).</summary>
public static class WireLimits
{
    /// <summary>Bytes of a frame's head: u32 length, u8 type, u8 flags.</summary>
    public const int HeadBytes = 6;

    /// <summary>The first frame of a stranger.</summary>
    public const int HelloBytes = 1024;

    /// <summary>What who wants to join says, and is told before it has proven anything.</summary>
    public const int JoinBytes = 4 * 1024;

    /// <summary>A frame on a control link.</summary>
    public const int ControlBytes = 64 * 1024;

    /// <summary>A text that goes round, with what stands beside it.</summary>
    public const int RumourBytes = OverlayOptions.MostTextBytes + 64;

    /// <summary>A frame on a bulk link.</summary>
    public const int BulkBytes = 1024 * 1024;

    /// <summary>Fields of a message, repeated ones each: more than four times what any of ours has.</summary>
    public const int MostFields = 4_096;

    /// <summary>
    /// Frames that steer, of one link. A node says a few in each heartbeat; many at once are the questions of a node that
    /// stands in for the leader, one for each member.
    /// </summary>
    public const int SteeringFramesPerSecond = 200;

    public const int SteeringFramesAtOnce = 4_000;

    /// <summary>Searches of one peer that are answered at once; the others wait for their turn.</summary>
    public const int SearchesPerSecond = 10;

    public const int SearchesAtOnce = 100;

    /// <summary>How often one peer may begin to tell its holdings anew, for which those that it told are looked for in the whole catalogue.</summary>
    public const int HoldingsAnewPerSecond = 1;

    public const int HoldingsAnewAtOnce = 20;

    /// <summary>The slowest heartbeat that a node may have; others wait for it.</summary>
    public static readonly TimeSpan LongestHeartbeat = TimeSpan.FromMinutes(1);

    /// <summary>The longest that a node waits for a word over a link, and that a peer may say that it waits; longer is taken for that.</summary>
    public static readonly TimeSpan LongestPatience = 5 * LongestHeartbeat;

    /// <summary>From the first byte of a frame's head to its last.</summary>
    public static readonly TimeSpan WholeFrame = TimeSpan.FromSeconds(10);

    /// <summary>For a peer to take what is written to it; one that does not read is dropped, not buffered.</summary>
    public static readonly TimeSpan Write = TimeSpan.FromSeconds(10);

    /// <summary>For a stranger to agree on TLS, from its first byte to its certificate.</summary>
    public static readonly TimeSpan Tls = TimeSpan.FromSeconds(5);

    /// <summary>For the first frame of a stranger, and for the answer to it.</summary>
    public static readonly TimeSpan Hello = TimeSpan.FromSeconds(2);

    /// <summary>
    /// For TCP to connect. The system repeats an unanswered request after 1 s and then after 2 s more; giving up before
    /// that and dialling anew finds a healed network sooner.
    /// </summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(2);

    /// <summary>What the slowest wire carries: a Parcel takes a minute over it.</summary>
    private const int SlowestBytesPerSecond = 16 * 1024;

    /// <summary>The most that a frame on a control link may hold, by what it carries.</summary>
    public static int OnControlLink(FrameType type) => type is FrameType.Rumour ? RumourBytes : ControlBytes;

    /// <summary>From the last byte of a frame's head to the last one of its payload.</summary>
    public static TimeSpan WholePayload(int bytes) =>
        WholeFrame + TimeSpan.FromSeconds(Math.Max(0, bytes - ControlBytes) / SlowestBytesPerSecond);
}
