using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Sim.Network;

/// <content>Links, as a driver and the system keep them.</content>
public sealed partial class SimNetwork
{
    /// <summary>A link over which nothing comes for so long is given up: three heartbeats.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    /// <summary>How long a dial waits for a host that does not answer.</summary>
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(2);

    /// <summary>Whether what one node sends does not reach another.</summary>
    private Func<SimNode, SimNode, bool> _isCut = (_, _) => false;

    /// <summary>Cuts the network from now on: what the first of two sends does not reach the second where it says so.</summary>
    public void Cut(Func<SimNode, SimNode, bool> isCut)
    {
        _isCut = isCut;
        foreach (var node in Nodes)
        {
            foreach (var link in node.Links.Values.Where(link => link.Dialler == node && IsSevered(link)))
                _queue.After(Silence, new SimEvent(SimEventKind.GiveUp, null, link));
        }
    }

    public void Mend() => _isCut = (_, _) => false;

    /// <summary>Ends a process. Where its host goes on, its links are reset, and dials refused.</summary>
    public void Crash(SimNode node, bool hostGoesOff)
    {
        (node.IsUp, node.IsPaused, node.IsHostOff) = (false, false, hostGoesOff);
        node.Backlog.Clear();
        node.Dials.Clear();
        node.Wanted = new HashSet<NodeId>();
        foreach (var link in node.Links.Values.ToList())
        {
            node.Links.Remove(link.Other(node).Id);
            if (hostGoesOff)
                _queue.After(Silence, new SimEvent(SimEventKind.GiveUp, null, link));
            else
                Lose(link.Other(node), link, LinkFate.Lost);
        }
    }

    /// <summary>Ends a process that says goodbye first.</summary>
    public void Stop(SimNode node)
    {
        foreach (var link in node.Links.Values)
            Lose(link.Other(node), link, LinkFate.Goodbye);
        node.Links.Clear();
        Crash(node, hostGoesOff: false);
    }

    /// <summary>Starts a process anew, in its next life.</summary>
    public void Restart(SimNode node)
    {
        node.Incarnation++;
        Start(node);
    }

    /// <summary>A node's disk is replaced: it counts its lives from the beginning.</summary>
    public static void Forget(SimNode node) => node.Incarnation = 0;

    /// <summary>Stops a process by a signal (SIGSTOP).</summary>
    public void Pause(SimNode node)
    {
        node.IsPaused = true;
        foreach (var link in node.Links.Values)
            _queue.After(Silence, new SimEvent(SimEventKind.GiveUp, null, link));
    }

    /// <summary>Lets a stopped process go on (SIGCONT): its clock is late, and much waits to be read.</summary>
    public void Resume(SimNode node)
    {
        if (!node.IsPaused)
            return;
        node.IsPaused = false;
        Step(node, Passed);
        while (node.Backlog.TryDequeue(out var what))
            Happen(what);
    }

    private static bool AreApart(SimNode one, SimNode other) => one.IsHostOff || other.IsHostOff;

    private bool LetsThrough(SimNode from, SimNode to) => !AreApart(from, to) && !_isCut(from, to);

    private bool IsSevered(SimLink link) =>
        !LetsThrough(link.Dialler, link.Listener) || !LetsThrough(link.Listener, link.Dialler);

    private TimeSpan Delay() =>
        Weather.ShortestDelay + _dice.NextDouble() * (Weather.LongestDelay - Weather.ShortestDelay);

    private void Send(SimNode from, Tell tell)
    {
        if (!from.Links.TryGetValue(tell.To, out var link) || !link.IsOpen)
            return;
        from.MessagesSent++;
        from.BytesSent += WireSize.Of(tell.Message);
        MessageSent?.Invoke(from, tell.Message);
        if (Weather.Loss > 0 && _dice.NextDouble() < Weather.Loss)
            return;
        var to = link.Other(from);
        var arrival = Now + Delay();
        if (!Weather.Reorders)
            arrival = link.InOrder(to, arrival);
        _queue.At(arrival, new SimEvent(SimEventKind.Arrival, to, link, tell.Message));
    }

    private void Want(SimNode node, IReadOnlySet<NodeId> peers)
    {
        node.Wanted = peers;
        foreach (var peer in peers)
            PlanDial(node, peer, TimeSpan.Zero);
    }

    private void PlanDial(SimNode node, NodeId peer, TimeSpan delay)
    {
        if (!node.Links.ContainsKey(peer) && node.Dials.TryAdd(peer, 0))
            _queue.After(delay, new SimEvent(SimEventKind.Dial, node, Number: peer.Value));
    }

    private void Dial(SimNode node, NodeId peer)
    {
        if (!node.IsUp || !node.Dials.TryGetValue(peer, out var attempts))
            return;
        if (!node.Wanted.Contains(peer) || node.Links.ContainsKey(peer))
        {
            node.Dials.Remove(peer);
            return;
        }

        var other = this[peer.Value];
        var isSilent = !LetsThrough(node, other) || !LetsThrough(other, node) || other is { IsUp: true, IsPaused: true };
        if (!isSilent && other.IsUp)
        {
            node.Dials.Remove(peer);
            _queue.After(2 * Delay(), new SimEvent(SimEventKind.Connect, node, Number: peer.Value));
            return;
        }

        // As the dialler does: full jitter below a bound that doubles, sooner again where a host does not answer.
        node.Dials[peer] = attempts + 1;
        var took = isSilent ? DialPatience : 2 * Delay();
        var bound = Math.Min(0.1 * Math.Pow(2, Math.Min(attempts, 10)), isSilent ? 1 : 5);
        _queue.After(took, new SimEvent(SimEventKind.Input, node, What: new LinkGone(peer, isSilent ? LinkFate.Lost : LinkFate.Refused)));
        _queue.After(took + TimeSpan.FromSeconds(bound * _dice.NextDouble()), new SimEvent(SimEventKind.Dial, node, Number: peer.Value));
    }

    private void Connect(SimNode node, SimNode other)
    {
        if (!node.IsUp || !other.IsUp || node.IsPaused || other.IsPaused || node.Links.ContainsKey(other.Id))
            return;
        if (other.Links.TryGetValue(node.Id, out var old))
            old.IsOpen = false;
        var link = new SimLink(node, other);
        (node.Links[other.Id], other.Links[node.Id]) = (link, link);
        node.BytesSent += WireSize.Handshake;
        other.BytesSent += WireSize.Handshake;
        Step(node, new LinkMade(other.Row));
        Step(other, new LinkMade(node.Row));
    }

    private void Close(SimNode node, NodeId peer)
    {
        if (!node.Links.Remove(peer, out var link))
            return;

        // What was said before is still read at the other end.
        _queue.At(link.InOrder(link.Other(node), Now + Weather.LongestDelay), new SimEvent(SimEventKind.Script, null, What: () =>
        {
            if (link.IsOpen)
                Lose(link.Other(node), link, LinkFate.NotNeeded);
        }));
        _queue.At(Now, new SimEvent(SimEventKind.Input, node, What: new LinkGone(peer, LinkFate.NotNeeded)));
    }

    private void GiveUp(SimLink link)
    {
        var isHeld = link.Dialler.Links.GetValueOrDefault(link.Listener.Id) == link && link.Listener.Links.GetValueOrDefault(link.Dialler.Id) == link;
        if (!link.IsOpen || (isHeld && !link.Dialler.IsPaused && !link.Listener.IsPaused && !IsSevered(link)))
            return;
        Lose(link.Dialler, link, LinkFate.Lost);
        Lose(link.Listener, link, LinkFate.Lost);
    }

    /// <summary>One end of a link learns that it has ended; that end dials again if it still wants it.</summary>
    private void Lose(SimNode node, SimLink link, LinkFate fate)
    {
        link.IsOpen = false;
        var peer = link.Other(node).Id;
        if (node.Links.GetValueOrDefault(peer) != link)
            return;
        node.Links.Remove(peer);
        var after = Delay();
        _queue.After(after, new SimEvent(SimEventKind.Input, node, What: new LinkGone(peer, fate)));
        if (node.Wanted.Contains(peer))
            PlanDial(node, peer, after);
    }
}
