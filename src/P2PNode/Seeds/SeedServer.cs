using System.Collections.Concurrent;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Seeds;

/// <summary>Serves the nodes that register, each over one connection. Thread-safe.</summary>
internal sealed class SeedServer : IDisposable
{
    /// <summary>A leader that loses half of a thousand followers reports them all.</summary>
    private const int FramesAtOnce = 2_000;

    private const int FramesPerSecond = 20;

    /// <summary>The whole list is asked for at first, and then now and again.</summary>
    private const int ListsAtOnce = 10;

    private const int ListsPerSecond = 1;

    /// <summary>Who is refused hangs up as soon as it has read why.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly SeedRegistry _registry;
    private readonly Revocations _revocations;
    private readonly TimeSpan _lapseAfter;
    private readonly TimeProvider _clock;

    /// <summary>Of each node the connection that its process made last: the one before is closed, so that none holds more than one.</summary>
    private readonly ConcurrentDictionary<NodeId, Registrant> _present = new();

    public SeedServer(SeedRegistry registry, Revocations revocations, TimeSpan lapseAfter, TimeProvider clock)
    {
        (_registry, _revocations, _lapseAfter, _clock) = (registry, revocations, lapseAfter, clock);
        _revocations.Changed += CutRevoked;
    }

    /// <summary>Serves one node until it hangs up, says goodbye, falls silent or breaks the rules.</summary>
    /// <param name="connection">From the node, which has proven who it is; the caller disposes it.</param>
    /// <param name="known">Called once it has registered.</param>
    /// <param name="stop">Cuts it.</param>
    /// <exception cref="PeerException">It broke the rules, or is refused.</exception>
    public async Task ServeAsync(Connection connection, Action known, CancellationToken stop)
    {
        var id = connection.Proven!.Value;
        if (await ReadGreetingAsync(connection) is not { } wire)
            return;
        using var registrant = new Registrant(connection, wire.Instance, AddressOf(wire, connection), _clock);
        await RefuseSecondProcessAsync(registrant, wire, id);
        try
        {
            var life = await AnswerAsync(registrant, wire, id, new Allowance(ListsPerSecond, ListsAtOnce, _clock), () => Enter(id, registrant));
            known();
            if (_revocations.List is { Number: > 0 } list)
                await registrant.WriteAsync(FrameType.Revoked, new Revoked { DenyList = list.Text });
            await ListenAsync(registrant, id, life);
        }
        finally
        {
            _present.TryRemove(KeyValuePair.Create(id, registrant));
        }
    }

    public void Dispose() => _revocations.Changed -= CutRevoked;

    private async Task ListenAsync(Registrant registrant, NodeId id, long life)
    {
        var frames = new Allowance(FramesPerSecond, FramesAtOnce, _clock);
        var lists = new Allowance(ListsPerSecond, ListsAtOnce, _clock);
        while (await registrant.Connection.ReadAsync(WireLimits.ControlBytes, _lapseAfter) is { } frame)
        {
            using (frame)
            {
                registrant.Heard();
                if (!frames.TryTake())
                    throw PeerException.Violation($"it sends more than {FramesPerSecond} frames a second");
                switch (frame.Type)
                {
                    case FrameType.SeedRegister:
                        life = await AnswerAsync(registrant, frame.Parse(SeedRegister.Parser), id, lists);
                        break;
                    case FrameType.SeedReport:
                        var (dead, incarnation, isHearsay) = SeedMapping.Read(frame.Parse(SeedReport.Parser));
                        _registry.Report(id, dead, incarnation, isHearsay);
                        break;
                    case FrameType.Revoked:
                        _revocations.TryTake(frame.Parse(Revoked.Parser).DenyList);
                        break;
                    case FrameType.Goodbye:
                        _registry.Leave(id, life);
                        return;
                    default:
                        throw PeerException.Violation($"a {frame.Type} frame came at a seed");
                }
            }
        }
    }

    /// <summary>
    /// Null where the node hangs up without a word: it only wanted to see whether its certificate is taken; or where all that
    /// it has to say is that this seed was revoked.
    /// </summary>
    private async Task<SeedRegister?> ReadGreetingAsync(Connection connection)
    {
        if (await connection.ReadAsync(WireLimits.ControlBytes, WireLimits.Hello, passOver: false) is not { } read)
            return null;
        using var frame = read;
        switch (frame.Type)
        {
            case FrameType.SeedRegister when frame.Payload.Length <= WireLimits.HelloBytes:
                return frame.Parse(SeedRegister.Parser);
            case FrameType.Revoked:
                _revocations.TryTake(frame.Parse(Revoked.Parser).DenyList);
                return null;
            default:
                throw PeerException.Violation($"a {frame.Type} frame came where SeedRegister was due");
        }
    }

    private static NodeAddress AddressOf(SeedRegister wire, Connection connection)
    {
        var member = SeedMapping.Read(wire, connection.Teller);
        return new NodeAddress(member.Host, member.Port);
    }

    /// <summary>Of two processes with one ID the first one stays, if it shows that it lives: otherwise both would go to and fro.</summary>
    private async Task RefuseSecondProcessAsync(Registrant second, SeedRegister wire, NodeId id)
    {
        if (!_present.TryGetValue(id, out var first) || !first.IsOtherProcessThan(wire.Instance))
            return;
        var told = new Duplicate { Instance = wire.Instance, Host = second.Address.Host, Port = second.Address.Port };
        if (await first.LivesAsync(told))
            await RefuseAsync(second, RefuseReason.DuplicateId, $"another process runs as node {id} at {first.Address}: give one of them another ID");
    }

    /// <summary>
    /// Takes a registration; tells the incarnation that it was for. Calls <paramref name="taken"/> before the node hears of
    /// that: from then on a second process with its ID is to be noticed.
    /// </summary>
    private async Task<long> AnswerAsync(Registrant registrant, SeedRegister wire, NodeId id, Allowance lists, Action? taken = null)
    {
        var connection = registrant.Connection;
        if (_revocations.Revokes(id, connection.IssuedAt))
            await RefuseAsync(registrant, RefuseReason.Revoked, $"node {id} was revoked", _revocations.List.Text);
        if (wire.NodeId != id.Value)
            await RefuseAsync(registrant, RefuseReason.NotProven, $"the certificate is that of node {id}, but node {wire.NodeId} is to be registered");
        if (wire.MinVersion > SeedMapping.Version || wire.MaxVersion < SeedMapping.Version)
            await RefuseAsync(registrant, RefuseReason.Version, $"this seed speaks version {SeedMapping.Version}, the node {wire.MinVersion} to {wire.MaxVersion}");
        if (wire.WantsList && !lists.TryTake())
            throw PeerException.Violation("it asks for the list again and again");
        var member = SeedMapping.Read(wire, connection.Teller);
        var news = _registry.Register(member);
        if (news is SeedFull)
            await RefuseAsync(registrant, RefuseReason.Full, "this seed's list is full");
        taken?.Invoke();
        var listed = wire.WantsList ? _registry.Members().Where(other => other.Id != id) : [];
        foreach (var page in SeedMapping.Pages(listed))
        {
            page.DeadIncarnation = news is SeedOutdated outdated ? outdated.Known.Incarnation : 0;
            await registrant.WriteAsync(FrameType.SeedList, page);
        }

        return member.Incarnation;
    }

    private void Enter(NodeId id, Registrant registrant)
    {
        Registrant? before = null;
        _present.AddOrUpdate(id, registrant, (_, present) =>
        {
            before = present;
            return registrant;
        });
        before?.Connection.Abort();
        if (_revocations.Revokes(id, registrant.Connection.IssuedAt))
            Cut(id, registrant.Connection); // The list came while it registered.
    }

    /// <summary>Says why, and gives the node the time to hear it.</summary>
    /// <exception cref="PeerException">Always.</exception>
    private static async Task RefuseAsync(Registrant registrant, RefuseReason reason, string text, string denyList = "")
    {
        await registrant.WriteAsync(FrameType.Refuse, new Refuse { Reason = reason, Text = text, DenyList = denyList });
        await registrant.Connection.DrainAsync(LastWords);
        throw new PeerException(PeerFault.Rejected, text);
    }

    private void CutRevoked(DenyList list)
    {
        foreach (var id in list.RevokedUntil.Keys)
        {
            if (_present.TryGetValue(id, out var present) && list.Revokes(id, present.Connection.IssuedAt))
                Cut(id, present.Connection);
        }
    }

    private void Cut(NodeId id, Connection connection)
    {
        _registry.Expel(id);
        connection.Abort();
    }
}
