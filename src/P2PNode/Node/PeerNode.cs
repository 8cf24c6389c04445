using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>One node: from its start to its end. Questions are answered from the first moment on.</summary>
public sealed class PeerNode(NodeOptions options, TimeProvider clock, ILogger log) : INodeQueries
{
    private readonly RefusedStarts _refusedStarts = new(options.Folder, clock, log);
    private NodeParts? _parts;

    /// <summary>
    /// Runs until <paramref name="stop"/> fires, says goodbye to the others, and ends by throwing then; or returns when the
    /// node has left.
    /// </summary>
    /// <exception cref="NodeStartException">The node cannot start.</exception>
    /// <exception cref="IdentityRefusedException">Its network does not take it, or no longer does.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var choosesPort = options.Listen.Port == 0;
        if (!choosesPort)
            log.NodeStarts(options.Id, options.Listen, options.Folder);
        using var folder = OpenFolder();
        using var chosen = choosesPort ? ListenAtOwnPort() : null;
        if (choosesPort)
            log.NodeStarts(options.Id, options.Listen, options.Folder);
        if (options.Nodes.Count(node => node.Id != options.Id) is var others && others > options.MaxPeers)
            log.FewerPeersThanNodes(options.MaxPeers, others);
        if (!options.KnowsOfOthers)
            log.KnowsNobody(options.Id);
        using var parts = await AssembleAsync(folder, stop);
        Bind(parts.Listener, chosen);
        Volatile.Write(ref _parts, parts);
        await parts.RunAsync(stop);
    }

    public StatusReport Status() => Volatile.Read(ref _parts)?.Views.Status() ?? StartingStatus();

    public IReadOnlyList<MemberReport> Members() => Volatile.Read(ref _parts)?.Views.Members() ?? [];

    public ValueTask<FilesReport> FilesAsync(FileQuery query, CancellationToken ct) =>
        Volatile.Read(ref _parts)?.Queries.FilesAsync(query, ct)
        ?? throw StillStarting();

    public IAsyncEnumerable<GetLine> GetAsync(GetRequest request, CancellationToken ct) =>
        (Volatile.Read(ref _parts) ?? throw StillStarting()).Fetches.GetAsync(request, ct);

    public Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct) =>
        (Volatile.Read(ref _parts) ?? throw StillStarting()).ConnectAsync(address, ct);

    public Task<IReadOnlyList<ReachReport>> DiagnoseAsync(CancellationToken ct) =>
        (Volatile.Read(ref _parts) ?? throw StillStarting()).Diagnosis.RunAsync(ct);

    public IAsyncEnumerable<LeaveLine> LeaveAsync(TimeSpan timeout, CancellationToken ct) =>
        (Volatile.Read(ref _parts) ?? throw StillStarting()).Leaving.LeaveAsync(timeout, ct);

    public void Rescan(bool acceptLoss) => (Volatile.Read(ref _parts) ?? throw StillStarting()).Rescan(acceptLoss);

    public ValueTask<SayReport> SayAsync(string text, CancellationToken ct)
    {
        if (SayRefusedException.ProblemOf(text) is { } problem)
            throw new SayRefusedException(problem, isUsage: true);
        var parts = Volatile.Read(ref _parts) ?? throw StillStarting();
        return parts.Overlay.TrySay(text)
            ? ValueTask.FromResult(new SayReport(options.Id, text))
            : throw new SayRefusedException("The node has said too much at once for the others to pass on; try again in a moment.", isUsage: false);
    }

    public void NoteRefusedStart(int process) => _refusedStarts.Take(process);

    private static NoLeaderException StillStarting() => new("The node is only just starting; try again.");

    private async Task<NodeParts> AssembleAsync(NodeFolder folder, CancellationToken stop)
    {
        try
        {
            CheckOwner(folder);
            var identity = await EnrolAsync(folder, stop);
            FolderOwner.File(folder.Root).Write(options.Id.Value);
            return new NodeParts(options, Self(folder, identity.Current.Name), identity, folder, Memory(folder), clock, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new NodeStartException($"Node {options.Id} cannot use what it keeps in {folder.State}: {e.Message}", e);
        }
    }

    private ElectionMemory Memory(NodeFolder folder) =>
        ElectionMemory.Open(new DurableNumbers(Path.Combine(folder.State, "epoch")), clock, log);

    private async Task<IdentityKeeper> EnrolAsync(NodeFolder folder, CancellationToken stop)
    {
        var network = new NetworkFolder(options.Home ?? Path.GetDirectoryName(folder.Root) ?? folder.Root, log.RecordDamaged);
        var kept = new IdentityFolder(folder.State);
        var enrolment = new Enrolment(network, kept, options.Id, clock, log);
        var addresses = options.Nodes.Select(node => node.Address).Prepend(options.Listen).Concat(options.Seeds);
        try
        {
            var identity = await enrolment.ResolveAsync(addresses, stop);
            var revocations = new Revocations(identity, kept, network, log);
            return revocations.Revokes(options.Id, NetworkAuthority.IssuedAt(identity.Certificate))
                ? throw Enrolment.Revoked(identity.Name, network)
                : new IdentityKeeper(enrolment, identity, revocations, clock, log);
        }
        catch (KeyException e) when (e is not IdentityRefusedException)
        {
            throw new NodeStartException(e.Message, e);
        }
    }

    /// <summary>Counts the lives of the node in a folder.</summary>
    internal static Incarnations Incarnations(NodeFolder folder) => new(new DurableNumbers(Path.Combine(folder.State, "incarnation")));

    private LocalNode Self(NodeFolder folder, NodeName name)
    {
        var incarnations = Incarnations(folder);
        var incarnation = LastIncarnation(incarnations) + 1;
        incarnations.Raise(incarnation);
        return new LocalNode(
            options.Id,
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            incarnation,
            options.Listen,
            Environment.MachineName,
            name.Network)
        {
            Heartbeat = options.Intervals.Election.Heartbeat,
        };
    }

    private StatusReport StartingStatus() => new()
    {
        Id = options.Id,
        Role = NodeRole.Electing,
        Leader = null,
        Epoch = 0,
        Links = [],
        Members = [],
        Catalogue = new CatalogueReport(0, 0),
        Pending = new PendingReport(0, 0),
    };

    private NodeFolder OpenFolder()
    {
        try
        {
            using (NodeFolder.Hold(options.Folder))
                FolderOwner.Check(options.Folder, options.Id);
            return NodeFolder.Open(options.Folder, log);
        }
        catch (FolderInUseException e)
        {
            throw new NodeStartException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"Node {options.Id} cannot use the folder {options.Folder}: {e.Message}", e);
        }
    }

    /// <summary>A folder stays with the node that it began with: another one would offer its files under a list of its own.</summary>
    private void CheckOwner(NodeFolder folder)
    {
        try
        {
            if (FolderOwner.Read(folder.Root) is { } id && id != options.Id)
                throw new NodeStartException($"The folder {options.Folder} is that of node {id}; give node {options.Id} another one, or run node {id} with it.");
        }
        catch (InvalidDataException e)
        {
            log.OwnerLost(e.Message, options.Id);
        }
    }

    /// <summary>The address is known before the parts are made, which tell it to others.</summary>
    private Socket ListenAtOwnPort()
    {
        var host = options.Listen.Host;
        try
        {
            var socket = new OwnPort(options.Folder, ServicePorts.Load(), log).Listen(host);
            options = options.At(new NodeAddress(host, ((IPEndPoint)socket.LocalEndPoint!).Port));
            return socket;
        }
        catch (SocketException e)
        {
            throw CannotListen(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"Node {options.Id} cannot keep its port: {e.Message}", e);
        }
    }

    private void Bind(Listener listener, Socket? chosen)
    {
        try
        {
            listener.Bind(chosen ?? Listener.Open(options.Listen));
        }
        catch (SocketException e)
        {
            throw CannotListen(e);
        }
    }

    private NodeStartException CannotListen(SocketException e) => new(
        e.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"Node {options.Id} cannot listen at {options.Listen}: the port is in use; stop what uses it, or give another with --listen.",
            SocketError.AccessDenied => $"Node {options.Id} may not listen at {options.Listen}; choose a port above 1023.",
            SocketError.AddressNotAvailable => $"Node {options.Id} cannot listen at {options.Listen}: this machine has no such address; run the node where it is, or give another with --listen.",
            _ => $"Node {options.Id} cannot listen at {options.Listen}: {e.Message}.",
        },
        e);

    private long LastIncarnation(Incarnations incarnations)
    {
        try
        {
            return incarnations.Read() is [>= 0 and < long.MaxValue and var last, ..] ? last : 0;
        }
        catch (InvalidDataException e)
        {
            // No node starts so often that it counted further than the milliseconds since 1970: the number never goes back.
            log.IncarnationLost(e.Message);
            return clock.GetUtcNow().ToUnixTimeMilliseconds();
        }
    }
}
