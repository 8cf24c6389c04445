using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>One node: a disk that lasts, and a process on it that starts, pauses and crashes.</summary>
internal sealed partial class SimulatedNode(NodeId id, Cluster cluster, SimulatedDisk disk)
{
    private readonly Queue<Action> _waiting = new();
    private ICompanion[] _companions = [];
    private int _life;
    private int? _effectsToLive;
    private TimeSpan _woken;

    public NodeId Id { get; } = id;

    /// <summary>Null while no process runs.</summary>
    public ElectionMachine? Machine { get; private set; }

    public bool IsPaused { get; private set; }

    public SimulatedDisk Disk => disk;

    public void Start()
    {
        if (Machine is not null)
            return;
        _life++;
        Machine = new ElectionMachine(Id, Past(), cluster.OptionsOf(Id), cluster.Now, cluster.Mutation.Rules);
        _companions = [.. cluster.Companions.Select(make => make(this, cluster))];
        _woken = TimeSpan.MaxValue;
        Survive(() =>
        {
            foreach (var companion in _companions)
                companion.Started();
        });
        if (Machine is null)
            return;
        Input(new MembersKnown([.. cluster.Nodes.Keys.Where(other => other != Id)]));
        KeepLinks();
    }

    public void Crash()
    {
        _effectsToLive = null;
        if (Machine is null)
            return;
        cluster.Note(Id, "crashes", 0);
        cluster.Count(Happening.Crash);
        (Machine, IsPaused) = (null, false);
        _life++;
        _waiting.Clear();
        disk.Crash(cluster);
        ResetLinks();
    }

    /// <summary>Lets the process die between two effects of a step to come.</summary>
    public void CrashAfter(int effects) => _effectsToLive = effects;

    /// <summary>Stops the process as SIGSTOP does: its links stay, what arrives waits.</summary>
    public void Pause()
    {
        cluster.Note(Id, "pauses", 0);
        IsPaused = Machine is not null;
    }

    public void Resume()
    {
        cluster.Note(Id, "goes on", 0);
        IsPaused = false;
        while (!IsPaused && _waiting.TryDequeue(out var next))
            next();
    }

    /// <summary>Does something in this process, unless it ends before; a paused one does it when it goes on.</summary>
    public void Later(TimeSpan delay, Action act)
    {
        var life = _life;
        cluster.Queue.After(delay, () => InLife(life, act));
    }

    public void Input(ElectionInput input)
    {
        var machine = Machine!;
        var before = (machine.Role, machine.Leader);
        var effects = machine.Step(new Moment(cluster.Now, cluster.Dice.NextDouble()), input);
        cluster.Note(Id, input, machine.Epoch.Value);

        var lives = Survive(() =>
        {
            foreach (var effect in effects)
                Do(() => Apply(effect));
        });
        if (!lives)
            return;

        cluster.Invariants.Stands(machine, cluster.Now);
        Wake(machine.WakeAt);
        if ((machine.Role, machine.Leader) != before || IsSelective)
            KeepLinks();
    }

    /// <summary>Carries out one effect, unless the process is to die just before it.</summary>
    public void Do(Action effect)
    {
        if (_effectsToLive is not null && _effectsToLive-- <= 0)
        {
            cluster.Count(Happening.CrashBetweenEffects);
            Crash();
            throw new ProcessEnded();
        }

        effect();
    }

    private ElectionPast Past()
    {
        var past = disk.Past(cluster.Now, setBack: TimeSpan.Zero);
        if (past.SinceClaim >= cluster.Options.Heartbeat)
            return past;

        // Only where it matters, so that all other runs go on as they would.
        cluster.Count(Happening.RestartSoonAfterClaim);
        if (cluster.Dice.Next(4) > 0)
            return past;
        cluster.Count(Happening.ClockSetBack);
        return disk.Past(cluster.Now, setBack: 4 * cluster.Soon());
    }

    private static bool Survive(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (ProcessEnded)
        {
            return false;
        }
    }

    private void Apply(ElectionEffect effect)
    {
        cluster.Note(Id, effect, 0);
        switch (effect)
        {
            case PersistEpoch epoch:
                disk.Write(epoch, isClaim: epoch.Leader == Id, cluster.Now);
                break;
            case Send send:
                cluster.Invariants.Said(Id, send.Message, cluster.Now);
                Say(send.To, send.Message);
                break;
            case DropLink drop:
                Later(TimeSpan.Zero, () => CloseLink(drop.Peer));
                break;
        }

        foreach (var companion in _companions)
            companion.Happened(effect);
    }

    private void Wake(TimeSpan at)
    {
        if (at >= _woken)
            return;
        _woken = at;
        Later(at - cluster.Now, () =>
        {
            _woken = TimeSpan.MaxValue;
            Input(new Tick());
        });
    }

    private void InLife(int life, Action act)
    {
        if (life != _life || Machine is null)
            return;
        if (IsPaused)
        {
            cluster.Count(Happening.MessageHeldUpByPause);
            _waiting.Enqueue(() => InLife(life, act));
        }
        else
        {
            Survive(act);
        }
    }

    /// <summary>Ends whatever a process that has just died was at.</summary>
    private sealed class ProcessEnded : Exception;
}
