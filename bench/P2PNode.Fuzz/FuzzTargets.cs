using P2PNode.Fuzz.Targets;
using P2PNode.Protocol;

namespace P2PNode.Fuzz;

/// <summary>Every part that takes bytes from outside.</summary>
public static class FuzzTargets
{
    /// <summary>The parts, and which frames each takes in: every type is taken by one, by its payload.</summary>
    private static readonly (string Name, FrameType[] Takes, Func<FuzzTarget> Make)[] All =
    [
        ("frames", [], () => new FramesTarget()),
        ("greeting", [FrameType.Hello, FrameType.Welcome], () => new GreetingTarget()),
        ("refuse", [FrameType.Refuse], () => new RefuseTarget()),
        ("link", [FrameType.Ping, FrameType.Goodbye], () => new LinkTarget()),
        ("duplicate", [FrameType.Duplicate], () => new DuplicateTarget()),
        ("revoked", [FrameType.Revoked], () => new RevokedTarget()),
        ("join-offer", [FrameType.JoinOffer], () => new JoinOfferTarget()),
        ("join-request", [FrameType.JoinRequest], () => new JoinRequestTarget()),
        ("join-answer", [FrameType.JoinAnswer], () => new JoinAnswerTarget()),
        ("election", [FrameType.Election], () => new ElectionTarget()),
        ("listing-request", [FrameType.ListingRequest], () => new ListingRequestTarget()),
        ("listing-batch", [FrameType.ListingBatch], () => new ListingBatchTarget()),
        ("roster", [FrameType.Roster], () => new RosterTarget()),
        ("holdings", [FrameType.Holdings], () => new HoldingsTarget()),
        ("files-query", [FrameType.FilesQuery], () => new FilesQueryTarget()),
        ("files-answer", [FrameType.FilesAnswer], () => new FilesAnswerTarget()),
        ("custody-request", [FrameType.CustodyRequest], () => new CustodyRequestTarget()),
        ("custody-answer", [FrameType.CustodyAnswer], () => new CustodyAnswerTarget()),
        ("overlay", [FrameType.Overlay], () => new OverlayFrameTarget()),
        ("member-news", [FrameType.MemberNews], () => new MemberNewsTarget()),
        ("rumour", [FrameType.Rumour], () => new RumourTarget()),
        ("seed-register", [FrameType.SeedRegister], () => new SeedRegisterTarget()),
        ("seed-list", [FrameType.SeedList], () => new SeedListTarget()),
        ("seed-report", [FrameType.SeedReport], () => new SeedReportTarget()),
        ("want", [FrameType.Want], () => new WantTarget()),
        ("parcel", [FrameType.Parcel], () => new ParcelTarget()),
        ("announcement", [], () => new AnnouncementTarget()),
        ("certificate", [], () => new CertificateTarget()),
        ("deny-list", [], () => new DenyListTarget()),
        ("token", [], () => new TokenTarget()),
        ("request", [], () => new RequestTarget()),
        ("nodes.json", [], () => new NodesJsonTarget()),
        ("identity", [], () => new IdentityTarget()),
        ("network", [], () => new NetworkFolderTarget()),
        ("members", [], () => new MembersTarget()),
        ("listing.log", [], () => new ListingLogTarget()),
        ("copies.log", [], () => new CopiesLogTarget()),
        ("numbers", [], () => new NumbersTarget()),
        ("lists", [], () => new ListsTarget()),
        ("layers", [], () => new LayersTarget()),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(target => target.Name)];

    /// <summary>The types of frames that a part takes in.</summary>
    public static IReadOnlyCollection<FrameType> Taken { get; } = [.. All.SelectMany(target => target.Takes)];

    public static FuzzTarget Make(string name) => All.First(target => target.Name == name).Make();
}
