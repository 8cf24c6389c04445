using P2PNode.Fuzz.Targets;

namespace P2PNode.Fuzz;

/// <summary>Every part that takes bytes from outside.</summary>
public static class FuzzTargets
{
    private static readonly (string Name, Func<FuzzTarget> Make)[] All =
    [
        ("frames", () => new FramesTarget()),
        ("greeting", () => new GreetingTarget()),
        ("election", () => new ElectionTarget()),
        ("listing-request", () => new ListingRequestTarget()),
        ("listing-batch", () => new ListingBatchTarget()),
        ("roster", () => new RosterTarget()),
        ("holdings", () => new HoldingsTarget()),
        ("files-query", () => new FilesQueryTarget()),
        ("files-answer", () => new FilesAnswerTarget()),
        ("want", () => new WantTarget()),
        ("parcel", () => new ParcelTarget()),
        ("announcement", () => new AnnouncementTarget()),
        ("token", () => new TokenTarget()),
        ("deny-list", () => new DenyListTarget()),
        ("nodes.json", () => new NodesJsonTarget()),
        ("listing.log", () => new ListingLogTarget()),
        ("copies.log", () => new CopiesLogTarget()),
        ("numbers", () => new NumbersTarget()),
        ("lists", () => new ListsTarget()),
        ("layers", () => new LayersTarget()),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(target => target.Name)];

    public static FuzzTarget Make(string name) => All.First(target => target.Name == name).Make();
}
