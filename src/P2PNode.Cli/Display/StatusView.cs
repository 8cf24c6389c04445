using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Shows a person how a node sees its network.</summary>
internal static class StatusView
{
    /// <summary>What cannot travel is shown so far; the rest is counted.</summary>
    private const int MostNotShared = 10;
    private const int MostTransfers = 10;

    /// <param name="status">What the node says.</param>
    /// <param name="screen">Where it is shown.</param>
    /// <param name="collection">How far its collecting is, where that is known.</param>
    public static void Write(StatusReport status, Screen screen, string? collection = null)
    {
        screen.Line(Headline(status));
        screen.Pairs([.. Pairs(status), .. collection is null ? [] : new[] { ("collecting", collection) }, .. Transfers(status)]);
        if (status.Members.Length > 0)
            MembersView.Write(status.Members, screen);
    }

    /// <summary>The same in one line, without what seldom changes.</summary>
    public static string Line(StatusReport status, string? collection)
    {
        string?[] parts =
        [
            Headline(status),
            Catalogue(status),
            $"pending {Pending(status)}",
            collection,
            .. status.Transfers.Select(transfer => Sentence(status, transfer)),
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    private static IEnumerable<(string Name, string Value)> Transfers(StatusReport status)
    {
        var title = "transfers";
        foreach (var transfer in status.Transfers.Take(MostTransfers))
        {
            yield return (title, $"{Words.Bar(transfer.Done, transfer.Size)} {Sentence(status, transfer)}");
            title = "";
        }

        if (status.Transfers.Length > MostTransfers)
            yield return ("", $"and {status.Transfers.Length - MostTransfers} more");
    }

    private static string Sentence(StatusReport status, TransferReport transfer) =>
        $"{Words.Shortened(transfer.File)} {Ends(status, transfer)}: {Words.Size(transfer.Done)} of {Words.Size(transfer.Size)}, {Words.Size(transfer.Rate)}/s";

    private static string Ends(StatusReport status, TransferReport transfer) =>
        transfer.To == status.Id ? $"from node {Words.Ids(transfer.From)}" : $"to node {transfer.To}";

    private static string Pending(StatusReport status) => status.Pending.Files == 0
        ? "nothing"
        : $"{Words.Files(status.Pending.Files)}, {Words.Size(status.Pending.Bytes)}";

    private static string Headline(StatusReport status)
    {
        var epoch = $"(epoch {status.Epoch})";
        return status switch
        {
            { Role: NodeRole.Leader } => $"Node {status.Id} leads {epoch}",
            { NoRoomAt: { } full } => $"Node {status.Id} has no leader, as node {full} is full (maxPeers) {epoch}",
            { OutOfReach: { } leader } => $"Node {status.Id} cannot reach the leader, node {leader}, though others can {epoch}",
            { Role: NodeRole.Follower } => $"Node {status.Id} follows node {status.Leader} {epoch}",
            _ => $"Node {status.Id} is electing a leader {epoch}",
        };
    }

    private static IEnumerable<(string Name, string Value)> Pairs(StatusReport status)
    {
        yield return ("links", Words.Ids(status.Links));
        if (status.Seeds.Length > 0)
            yield return ("seeds", string.Join(", ", status.Seeds.Select(seed => $"{seed.Address} {seed.State.ToString().ToLowerInvariant()}")));
        if (status.Successor is { } successor)
            yield return ("successor", successor.ToString());
        yield return ("catalogue", Catalogue(status));
        yield return ("pending", Pending(status));
        foreach (var reason in status.Pending.Reasons)
            yield return ("", $"{Words.Files(reason.Files)}: {reason.Reason}");

        if (status.Missing > 0)
            yield return ("missing", $"{Words.Files(status.Missing)}, still offered; if gone for good: p2pnode rescan --accept-loss --id {status.Id}");

        var title = "not shared";
        foreach (var name in status.NotShared.Take(MostNotShared))
        {
            yield return (title, $"{name.Path}: {name.Reason}");
            title = "";
        }

        if (status.NotShared.Length > MostNotShared)
            yield return ("", $"and {status.NotShared.Length - MostNotShared} more");
    }

    private static string Catalogue(StatusReport status)
    {
        var size = $"{Words.Files(status.Catalogue.Files)}, {Words.Size(status.Catalogue.Bytes)}";
        return status.Listings is var (complete, expected) && complete < expected
            ? $"{size} (so far: {complete} of {expected} listings)"
            : size;
    }
}
