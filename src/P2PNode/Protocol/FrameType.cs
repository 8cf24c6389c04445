namespace P2PNode.Protocol;

/// <summary>What a frame carries. The numbers are the wire's; they are never used for anything else.</summary>
public enum FrameType : byte
{
    Hello = 1,
    Welcome = 2,
    Refuse = 3,
    Goodbye = 4,
    Ping = 5,
    Revoked = 6,
    Duplicate = 7,

    JoinOffer = 8,
    JoinRequest = 9,
    JoinAnswer = 10,

    Election = 16,

    ListingRequest = 32,
    ListingBatch = 33,
    Roster = 34,
    Holdings = 35,
    FilesQuery = 36,
    FilesAnswer = 37,
    CustodyRequest = 38,
    CustodyAnswer = 39,

    Overlay = 48,
    MemberNews = 49,
    Rumour = 50,

    SeedRegister = 56,
    SeedList = 57,
    SeedReport = 58,

    Want = 64,
    Parcel = 65,
}

internal static class FrameTypes
{
    /// <summary>Whether who does not know a type may pass over its frames.</summary>
    public static bool MayBeIgnored(this FrameType type) => type is FrameType.Duplicate;

    /// <summary>Whether frames of a type come as fast as a link takes them; all others are few, and are counted.</summary>
    public static bool Carries(this FrameType type) =>
        type is FrameType.ListingBatch or FrameType.FilesAnswer or FrameType.Holdings or FrameType.Roster or FrameType.MemberNews;
}
