using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Election;

/// <summary>One machine, and the clock that a test moves for it in heartbeats. Numbers stand for nodes and epochs.</summary>
internal sealed class Elector
{
    private static readonly ElectionOptions Options = new();

    private TimeSpan _now = TimeSpan.FromMinutes(5);

    public Elector(int self, params int[] members)
        : this(self, ElectionPast.None, members)
    {
    }

    private Elector(int self, ElectionPast past, int[] members)
    {
        Machine = new ElectionMachine(Id(self), past, Options, _now);
        Members(members);
    }

    public ElectionMachine Machine { get; }

    public static NodeId Id(int value) => new(value);

    public static Epoch E(long value) => new(value);

    /// <summary>A node that has accepted a leader before its restart, and does not know when it last claimed.</summary>
    public static Elector Restarted(int self, long epoch, int leader, params int[] members) =>
        Restarted(self, epoch, leader, TimeSpan.Zero, members);

    public static Elector Restarted(int self, long epoch, int leader, TimeSpan sinceClaim, params int[] members) =>
        new(self, new ElectionPast(E(epoch), Id(leader), sinceClaim), members);

    /// <summary>A node that follows a leader and knows of all nodes up to the last.</summary>
    public static Elector Following(int leader, int self, int last, long epoch = 5)
    {
        var elector = new Elector(self, [.. Enumerable.Range(1, last).Where(id => id != self)]);
        elector.Link(leader);
        elector.Hear(leader, new Heartbeat { Epoch = E(epoch) });
        return elector;
    }

    /// <summary>A node that leads nodes up to the last, linked with all that are higher.</summary>
    public static Elector Leading(int self, int last, long epoch = 5)
    {
        var elector = new Elector(self, new ElectionPast(E(epoch - 1), null, TimeSpan.Zero), [.. Enumerable.Range(1, last).Where(id => id != self)]);
        elector.Wait(3);
        for (var peer = self + 1; peer <= last; peer++)
        {
            elector.Link(peer);
            elector.Hear(peer, new Following(Id(self)) { Epoch = E(epoch) });
        }

        return elector;
    }

    public IReadOnlyList<ElectionEffect> Members(params int[] members) =>
        Step(new MembersKnown([.. members.Select(Id)]));

    public IReadOnlyList<ElectionEffect> Link(int peer) => Step(new LinkUp(Id(peer)));

    public IReadOnlyList<ElectionEffect> Unlink(int peer, LinkEnd end) => Step(new LinkDown(Id(peer), end));

    public IReadOnlyList<ElectionEffect> Hear(int from, ElectionMessage message) => Step(new Received(Id(from), message));

    public IReadOnlyList<ElectionEffect> CatchUp() => Step(new CatalogueCaughtUp(true));

    public IReadOnlyList<ElectionEffect> Step(ElectionInput input) => Machine.Step(new Moment(_now, Luck: 0), input);

    /// <summary>Lets time pass as a driver does, which wakes the machine whenever it asked for that.</summary>
    public IReadOnlyList<ElectionEffect> Wait(double heartbeats)
    {
        var effects = new List<ElectionEffect>();
        var end = _now + heartbeats * Options.Heartbeat;
        while (Machine.WakeAt <= end)
        {
            _now = Machine.WakeAt;
            effects.AddRange(Step(new Tick()));
        }

        _now = end;
        return effects;
    }

    /// <summary>Lets time pass while the process is stopped.</summary>
    public void Stop(double heartbeats) => _now += heartbeats * Options.Heartbeat;
}
