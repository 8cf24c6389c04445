namespace P2PNode.Cli.Display;

/// <summary>Shows people a network.</summary>
internal static class NetworkView
{
    public static void Write(NetworkReport report, Screen screen)
    {
        screen.Line($"Network {report.Network} ({Kind(report)})");
        screen.Pairs([
            ("CA", report.Authority ?? "on another machine"),
            ("deny list", report.DenyList > 0 ? $"{report.DenyList}" : "none"),
            ("revoked", Listed(report.Revoked)),
            ("let in again", Listed(report.LetInAgain))]);
        var certificates = report.Nodes.Select(node => Row("certificate", node, screen));
        var invites = report.Invites.Select(invite => Row("invitation", invite, screen));
        screen.Table([">ID", "is a", "has", "until"], certificates.Concat(invites));
    }

    private static string Listed(int[] ids) => ids.Length > 0 ? string.Join(", ", ids) : "none";

    private static string Kind(NetworkReport report) => report.Kind switch
    {
        "local" => "of this machine alone",
        "created" => "its CA is here",
        _ => "joined",
    };

    private static string[] Row(string what, EndingEntry entry, Screen screen) =>
        [$"{entry.Id}", entry.Role, what, Words.Time(entry.Ends, screen.Clock)];
}
