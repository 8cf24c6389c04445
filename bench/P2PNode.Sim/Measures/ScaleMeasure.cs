using P2PNode.Core.Membership;
using P2PNode.Sim.Network;

namespace P2PNode.Sim.Measures;

/// <summary>Lets a network of one size run and looks at it.</summary>
internal sealed class ScaleMeasure(int nodes, int seed)
{
    private const int Crashes = 5;
    private const int Texts = 5;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <param name="lossyMinutes">How long it runs with 5 % of all messages lost.</param>
    public ScaleRow Run(double lossyMinutes)
    {
        var network = Start(new Weather());
        var (messages, bytes) = Idle(network);
        var (cost, seconds) = Flood(network);
        var row = new ScaleRow
        {
            Nodes = nodes,
            Neighbours = network.Nodes.Average(node => node.Machine!.Neighbours.Length),
            Messages = messages,
            Bytes = bytes,
            FloodCost = cost,
            FloodSeconds = seconds,
            CrashKnownAfter = Crash(network, hostGoesOff: true, first: 1),
            KillKnownAfter = Crash(network, hostGoesOff: false, first: 1 + Crashes),
            LossyMinutes = lossyMinutes,
            FalseDeaths = 0,
            Refuted = 0,
        };
        var (deaths, refuted) = Lose(lossyMinutes);
        return row with { FalseDeaths = deaths, Refuted = refuted };
    }

    private SimNetwork Start(Weather weather)
    {
        var network = new SimNetwork(nodes, seed, weather: weather);
        network.StartAll();
        network.Run(10 * Second);
        return network;
    }

    private static (double Messages, double Bytes) Idle(SimNetwork network)
    {
        foreach (var node in network.Nodes)
            (node.MessagesSent, node.BytesSent) = (0, 0);
        network.Run(60 * Second);
        return (network.Nodes.Average(node => node.MessagesSent) / 60, network.Nodes.Average(node => node.BytesSent) / 60.0);
    }

    private (double Cost, double Seconds) Flood(SimNetwork network)
    {
        var (sent, shown, last) = (0L, 0, TimeSpan.Zero);
        network.MessageSent += (_, message) => sent += message is Rumour ? 1 : 0;
        network.TextShown += (_, _) => (shown, last) = (shown + 1, network.Now);
        var seconds = 0.0;
        for (var text = 1; text <= Texts; text++)
        {
            var said = network.Now;
            network.Say(network[nodes / text], "Nothing new under the sun");
            if (!network.RunUntil(() => shown == text * nodes, 10 * Second))
                throw new InvalidOperationException($"Only {shown} of {text * nodes} texts were shown.");
            network.Run(Second);
            seconds += (last - said).TotalSeconds / Texts;
        }

        return (sent / (double)Texts, seconds);
    }

    private List<double> Crash(SimNetwork network, bool hostGoesOff, int first)
    {
        var took = new List<double>();
        for (var victim = first; victim < first + Crashes && victim < nodes - 2; victim++)
        {
            var dead = network[victim];
            var (known, last) = (0, TimeSpan.Zero);
            void Count(SimNode by, MemberChange change)
            {
                if (change.After.Id == dead.Id && change.After.State is MemberState.Dead)
                    (known, last) = (known + 1, network.Now);
            }

            network.MemberChanged += Count;
            var at = network.Now;
            network.Crash(dead, hostGoesOff);
            var others = network.Running.Count();
            if (!network.RunUntil(() => known >= others, 120 * Second))
                throw new InvalidOperationException($"Only {known} of {others} nodes know of the death of node {victim}.");
            network.MemberChanged -= Count;
            took.Add((last - at).TotalSeconds);
        }

        return took;
    }

    private (int Deaths, int Refuted) Lose(double minutes)
    {
        var network = Start(new Weather { Loss = 0.05, Reorders = true });
        var (deaths, refuted) = (0, 0);
        network.MemberChanged += (node, change) =>
        {
            deaths += change.After.State is MemberState.Dead ? 1 : 0;
            refuted += change.After.Id == node.Id ? 1 : 0;
        };
        network.Run(TimeSpan.FromMinutes(minutes));
        return (deaths, refuted);
    }
}
