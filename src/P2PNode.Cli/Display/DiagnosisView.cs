using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Shows a person which addresses a node can reach.</summary>
internal static class DiagnosisView
{
    public static void Write(IReadOnlyList<ReachReport> addresses, Screen screen) => screen.Table(
        [">ID", "Address", "Known", "Result", "Why"],
        addresses.Select(one => new[]
        {
            one.Id?.ToString() ?? "-",
            one.Address.ToString(),
            string.Join(", ", one.Sources).ToLowerInvariant(),
            Name(one.Result),
            one.Detail,
        }));

    private static string Name(Reach result) => result switch
    {
        Reach.NoRoute => "no route",
        Reach.TimedOut => "timed out",
        Reach.OtherNetwork => "other network",
        Reach.BadCertificate => "bad certificate",
        Reach.OtherNode => "other node",
        Reach.OneWay => "one way",
        _ => result.ToString().ToLowerInvariant(),
    };
}
