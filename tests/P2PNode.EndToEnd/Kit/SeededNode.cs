using System.Globalization;
using System.Text.RegularExpressions;
using P2PNode.Api;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.EndToEnd.Kit;

/// <summary>A node that chose its own ID and port.</summary>
internal sealed partial class SeededNode(string folder, RunningProcess process)
{
    /// <summary>A node that does not answer in so long is asked again: it may be busy, or stand still.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    private NodeId? _id;

    public RunningProcess Process => process;

    public NodeId Id => _id ?? throw new InvalidOperationException("The node has not said yet who it is.");

    /// <summary>Whether it has said who it is.</summary>
    public bool TryReadId()
    {
        Assert.False(process.HasEnded, process.Error);
        _id ??= process.Lines.Select(line => Starts().Match(line.Text)).FirstOrDefault(match => match.Success) is { } match ? new NodeId(Number(match)) : null;
        return _id is not null;
    }

    /// <summary>Null where it does not answer.</summary>
    public async Task<StatusReport?> StatusAsync()
    {
        using var client = new LocalClient(folder);
        using var patience = new CancellationTokenSource(AnswerPatience, TimeProvider.System);
        try
        {
            return await client.StatusAsync(patience.Token);
        }
        catch (Exception e) when (e is LocalRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The node that a line, of a node or a seed, calls dead.</summary>
    public static int? FindDeath(string line) => Death().Match(line) is { Success: true } match ? Number(match) : null;

    private static int Number(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Node (\d+) starts at 127\.0\.0\.1:\d+, ")]
    private static partial Regex Starts();

    [GeneratedRegex(@"Node (\d+) at 127\.0\.0\.1:\d+ is dead")]
    private static partial Regex Death();
}
