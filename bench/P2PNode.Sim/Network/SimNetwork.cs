using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Sim.Network;

/// <summary>
/// A whole network in one thread and in virtual time: the product's own overlay, everything else simulated from one
/// seed. The same seed gives the same trace.
/// </summary>
public sealed partial class SimNetwork
{
    private const ulong TracePrime = 1099511628211;

    private readonly EventQueue _queue = new();
    private readonly Random _dice;
    private readonly OverlayOptions _options;
    private readonly MemberTable _all;

    /// <param name="size">So many nodes, with the IDs from 1 on.</param>
    /// <param name="seed">All chance of the run.</param>
    /// <param name="options">Those of every node.</param>
    /// <param name="weather">How well the network does.</param>
    public SimNetwork(int size, int seed, OverlayOptions? options = null, Weather? weather = null)
    {
        (_dice, Weather) = (new Random(seed), weather ?? new Weather());
        _options = options ?? new OverlayOptions { IsLarge = true };
        Nodes = [.. Enumerable.Range(1, size).Select(value => new SimNode(new NodeId(value)) { Incarnation = 1 })];
        _all = new MemberTable(Nodes[0].Row);
        foreach (var node in Nodes.Skip(1))
            _all.Meet(node.Row);
    }

    public IReadOnlyList<SimNode> Nodes { get; }

    public Weather Weather { get; set; }

    public TimeSpan Now => _queue.Now;

    public long Events => _queue.Count;

    /// <summary>A fingerprint of every step so far (64-bit FNV-1a).</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    /// <summary>Nodes that are up and not stopped.</summary>
    public IEnumerable<SimNode> Running => Nodes.Where(node => node is { IsUp: true, IsPaused: false });

    public SimNode this[int id] => Nodes[id - 1];

    /// <summary>A member's row changed at a node.</summary>
    public event Action<SimNode, MemberChange>? MemberChanged;

    /// <summary>A node shows a text.</summary>
    public event Action<SimNode, TextHeard>? TextShown;

    public event Action<SimNode, ReportDeath>? DeathReported;

    /// <summary>A node said something; also what is lost.</summary>
    public event Action<SimNode, OverlayMessage>? MessageSent;

    /// <summary>Starts all at once, each knowing all, as from a seed.</summary>
    public void StartAll()
    {
        foreach (var node in Nodes)
            Start(node);
    }

    /// <summary>Starts a process; it remembers who was in the network at first.</summary>
    public void Start(SimNode node) => Start(node, new MemberTable(node.Row, _all));

    /// <summary>Starts a process that knows one other member.</summary>
    public void Meet(SimNode node, SimNode through)
    {
        var known = new MemberTable(node.Row);
        known.Hear([through.Row]);
        Start(node, known);
    }

    /// <summary>Starts a process that knows what is in the table, and turns to some of those first.</summary>
    public void Start(SimNode node, MemberTable members)
    {
        (node.IsUp, node.IsPaused, node.IsHostOff) = (true, false, false);
        node.Members = members;
        node.Machine = new OverlayMachine(node.Members, _options, Now);
        node.WakeAt = TimeSpan.MaxValue;
        node.Shown.Clear();
        Step(node, new MembersTold([.. SomeOf(members, 32)]));
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Run(TimeSpan time) => RunUntil(() => false, time);

    /// <summary>Lets virtual time pass until a condition holds, which is looked at every 10 ms.</summary>
    /// <returns>Whether it came to hold.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan atMost)
    {
        for (var end = Now + atMost; Now < end && !condition();)
        {
            var next = Now + TimeSpan.FromMilliseconds(10);
            while (_queue.TryTake(next < end ? next : end, out var what))
                Happen(what);
        }

        return condition();
    }

    /// <summary>Has something happen later.</summary>
    public void After(TimeSpan delay, Action act) => _queue.After(delay, new SimEvent(SimEventKind.Script, null, What: act));

    /// <summary>A user of the node says something to all.</summary>
    public void Say(SimNode node, string text) => Step(node, new TextSaid(text));

    private IEnumerable<Member> SomeOf(MemberTable members, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (members.TryGet(Nodes[_dice.Next(Nodes.Count)].Id, out var member))
                yield return member;
        }
    }

    private void Happen(SimEvent what)
    {
        switch (what.Kind)
        {
            case SimEventKind.Script:
                ((Action)what.What!)();
                break;
            case SimEventKind.Wake:
                Wake(what.Node!);
                break;
            case SimEventKind.Arrival when !what.Link!.IsOpen || !LetsThrough(what.Link.Other(what.Node!), what.Node!):
                break;
            case SimEventKind.Arrival when !Holds(what):
                Step(what.Node!, new MessageCame(what.Link.Other(what.Node!).Id, what.Message));
                break;
            case SimEventKind.Input when !Holds(what):
                Step(what.Node!, what.Input);
                break;
            case SimEventKind.Dial when !Holds(what):
                Dial(what.Node!, new NodeId(what.Number));
                break;
            case SimEventKind.Connect:
                Connect(what.Node!, this[what.Number]);
                break;
            case SimEventKind.GiveUp:
                GiveUp(what.Link!);
                break;
        }
    }

    /// <summary>Whether a process that is stopped keeps it for later.</summary>
    private static bool Holds(SimEvent what)
    {
        if (what.Node!.IsPaused)
            what.Node.Backlog.Enqueue(what);
        return what.Node.IsPaused;
    }

    private void Wake(SimNode node)
    {
        if (!node.IsUp || node.IsPaused || node.WakeAt != Now)
            return;
        if (node.Machine!.WakeAt <= Now)
            Step(node, Passed);
        else
            PlanWake(node);
    }

    private static readonly TimePassed Passed = new();

    private void Step(SimNode node, OverlayInput input)
    {
        if (!node.IsUp)
            return;
        var effects = node.Machine!.Step(new Moment(Now, _dice.NextDouble()), input);
        Mix((ulong)Now.Ticks);
        Mix((ulong)node.Id.Value);
        Mix((ulong)effects.Count);
        foreach (var effect in effects)
            Apply(node, effect);
        if (node.Machine.WakeAt < node.WakeAt || node.WakeAt <= Now)
            PlanWake(node);
    }

    private void PlanWake(SimNode node)
    {
        node.WakeAt = node.Machine!.WakeAt > Now ? node.Machine.WakeAt : Now;
        _queue.At(node.WakeAt, new SimEvent(SimEventKind.Wake, node));
    }

    private void Apply(SimNode node, OverlayEffect effect)
    {
        switch (effect)
        {
            case Tell tell:
                Send(node, tell);
                break;
            case PersistIncarnation persist:
                node.Incarnation = persist.Incarnation;
                break;
            case WantLinks want:
                Want(node, want.Peers);
                break;
            case LinkUnused unused:
                Close(node, unused.Peer);
                break;
            case TextHeard heard:
                if (!node.Shown.Add(heard.Id))
                    throw new InvalidOperationException($"Node {node.Id} shows {heard.Id} twice.");
                TextShown?.Invoke(node, heard);
                break;
            case MemberChanged changed:
                MemberChanged?.Invoke(node, changed.Change);
                break;
            case ReportDeath report:
                DeathReported?.Invoke(node, report);
                break;
        }
    }

    private void Mix(ulong value) => Trace = (Trace ^ value) * TracePrime;
}
