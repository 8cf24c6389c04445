using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>Says of every address that is known of others why it can be reached or cannot. Thread-safe.</summary>
internal sealed class Diagnosis(NodeOptions options, Roster roster, LinkTable links, Discovery? discovery, Greeter greeter, Func<NodeAddress, CancellationToken, Task> probeSeedAsync, TimeProvider clock)
{
    private const int MostAtOnce = 16;

    /// <summary>For the whole answer; who asked waits 10 s.</summary>
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    /// <summary>Dials each address once.</summary>
    public async Task<IReadOnlyList<ReachReport>> RunAsync(CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var addresses = Addresses();
        try
        {
            var all = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = either.Token };
            await Parallel.ForAsync(0, addresses.Length, all, async (i, stop) => addresses[i] = await ProbeAsync(addresses[i], stop));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // What was not tried in time says so.
        }

        var reached = addresses.Where(one => one.Result is Reach.Reachable).Select(one => one.Id).ToHashSet();
        return [.. addresses.Select(one => reached.Contains(one.Id) ? one : ThisWayOnly(one)).OrderBy(one => one.Id is null).ThenBy(one => one.Id).ThenBy(one => one.Address.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>All addresses, none of them tried yet; the likeliest first.</summary>
    private ReachReport[] Addresses()
    {
        var configured = options.Nodes.Select(node => (new PeerHint(node.Id, node.Address), AddressSource.Configured));
        var discovered = (discovery?.Heard() ?? []).Select(hint => (hint, AddressSource.Discovered));
        var remembered = roster.All().Select(member => (new PeerHint(member.Id, new NodeAddress(member.Host, member.Port)), AddressSource.Remembered));
        return
        [
            .. options.Seeds.Select(seed => Untried(null, seed, [AddressSource.Seed])),
            .. configured.Concat(discovered).Concat(remembered)
                .Where(known => known.Item1.Id != options.Id)
                .GroupBy(known => known.Item1, known => known.Item2)
                .Select(known => Untried(known.Key.Id, known.Key.Address, [.. known.Distinct()])),
        ];
    }

    private static ReachReport Untried(NodeId? id, NodeAddress address, ImmutableArray<AddressSource> sources) =>
        new(id, address, sources, Reach.TimedOut, "it was not tried, as others took too long", Milliseconds: null);

    private async Task<ReachReport> ProbeAsync(ReachReport one, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        var (result, detail) = await JudgeAsync(one, stop);
        return one with { Result = result, Detail = detail, Milliseconds = (int)clock.GetElapsedTime(began).TotalMilliseconds };
    }

    private async Task<(Reach Result, string Detail)> JudgeAsync(ReachReport one, CancellationToken stop)
    {
        try
        {
            if (one.Id is null)
            {
                await probeSeedAsync(one.Address, stop);
                return (Reach.Reachable, "");
            }

            var peer = await greeter.ProbeAsync(one.Address, stop);
            return peer.Id == one.Id ? Heard(peer) : (Reach.OtherNode, $"node {peer.Id} answers there, not node {one.Id}");
        }
        catch (PeerException e)
        {
            return (ReachOf(e.Fault), e.Message);
        }
        catch (OperationCanceledException)
        {
            return (Reach.TimedOut, "it did not answer in time");
        }
    }

    /// <summary>Of two that are on one local network each hears the other.</summary>
    private (Reach Result, string Detail) Heard(PeerIdentity peer)
    {
        if (discovery?.IsSettled != true || !peer.Features.HasFlag(PeerFeatures.Announces))
            return (Reach.Reachable, "");
        return (discovery.Hears(peer.Id), peer.Features.HasFlag(PeerFeatures.HearsDialler)) switch
        {
            (true, false) => (Reach.OneWay, "it can be dialled, and its announcements come here, but those of this node do not get there"),
            (false, true) => (Reach.OneWay, "it can be dialled, and hears the announcements of this node, but its own do not come here"),
            _ => (Reach.Reachable, ""),
        };
    }

    /// <summary>Who cannot be dialled may have dialled this node.</summary>
    private ReachReport ThisWayOnly(ReachReport one) =>
        one.Result is Reach.NoRoute or Reach.Refused or Reach.TimedOut && one.Id is { } id && links.Find(id) is { Dialled: false }
            ? one with { Result = Reach.OneWay, Detail = $"it dialled this node and is linked, but cannot be dialled: {one.Detail}" }
            : one;

    private static Reach ReachOf(PeerFault fault) => fault switch
    {
        PeerFault.ConnectionRefused => Reach.Refused,
        PeerFault.Unreachable => Reach.NoRoute,
        PeerFault.TimedOut => Reach.TimedOut,
        PeerFault.OtherNetwork => Reach.OtherNetwork,
        PeerFault.NotAdmitted or PeerFault.Revoked => Reach.BadCertificate,
        PeerFault.Full => Reach.Full,
        PeerFault.Rejected or PeerFault.DuplicateId => Reach.Rejected,
        _ => Reach.Failed,
    };
}
