using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Seeds;

/// <summary>One seed: an address where nodes register and learn of members. It keeps no files and takes no part in elections.</summary>
public sealed class Seed(SeedOptions options, SeedFolder folder, TimeProvider clock, ILogger log)
{
    /// <summary>Where the CA is, a command may have written a new list.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Runs until <paramref name="stop"/> fires, and ends by throwing then.</summary>
    /// <exception cref="NodeStartException">The seed cannot start.</exception>
    /// <exception cref="IdentityRefusedException">Its network does not take it, or no longer does.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var keeper = await EnrolAsync(stop);
        var toNodes = new SecureConnector(new MutualTls(() => keeper.Current, clock), clock);
        var fromNodes = new SecureConnector(new MutualTls(() => keeper.Current, clock, MutualTls.SeedProtocol, NameRole.Node), clock);
        var registry = new SeedRegistry(new MemberFile(folder.ListFile), new SeedProbe(toNodes, clock).AnswersAsync, options.Lapse, clock, log);
        using var server = new SeedServer(registry, keeper.Revocations, options.Lapse, clock);
        var joining = new JoinServer(() => keeper.Current, keeper.Network, keeper.Revocations, clock, log);
        using var listener = new Listener(fromNodes, joining, server.ServeAsync, clock, log);
        var restored = Restore(registry);
        Bind(listener);
        log.SeedListens(options.Listen, folder.Root, restored);
        try
        {
            await TaskGroup.RunAsync(
                [
                    listener.RunAsync,
                    registry.RunAsync,
                    cut => LookForRevokedAsync(keeper, cut),
                    cut => keeper.RunAsync(() => registry.Members().Select(member => new NodeAddress(member.Host, member.Port)), cut),
                ],
                stop);
        }
        finally
        {
            log.SeedStopped();
        }
    }

    private async Task<IdentityKeeper> EnrolAsync(CancellationToken stop)
    {
        var network = new NetworkFolder(options.Home, log.RecordDamaged);
        var kept = new IdentityFolder(folder.State);
        try
        {
            var id = kept.LoadIfUsable() is { Name.Role: NameRole.Seed } known ? known.Name.Id : RandomNodeId.Choose(network.HasCertified);
            var enrolment = new Enrolment(network, kept, id, clock, log, NameRole.Seed);
            var identity = await enrolment.ResolveAsync([options.Listen], stop);
            var revocations = new Revocations(identity, kept, network, log);
            return revocations.Revokes(id, NetworkAuthority.IssuedAt(identity.Certificate))
                ? throw Enrolment.Revoked(identity.Name, network)
                : new IdentityKeeper(enrolment, identity, revocations, clock, log);
        }
        catch (KeyException e) when (e is not IdentityRefusedException)
        {
            throw new NodeStartException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"The seed cannot use what it keeps in {folder.State}: {e.Message}", e);
        }
    }

    private int Restore(SeedRegistry registry)
    {
        try
        {
            return registry.Restore();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"The seed cannot use what it keeps in {folder.State}: {e.Message}", e);
        }
    }

    private void Bind(Listener listener)
    {
        try
        {
            listener.Bind(options.Listen);
        }
        catch (SocketException e)
        {
            throw new NodeStartException(
                e.SocketErrorCode is SocketError.AddressAlreadyInUse
                    ? $"The seed cannot listen at {options.Listen}: the port is in use; stop what uses it, or give another with --listen."
                    : $"The seed cannot listen at {options.Listen}: {e.Message}; give another address with --listen.",
                e);
        }
    }

    private async Task LookForRevokedAsync(IdentityKeeper keeper, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                keeper.Revocations.TryTake(keeper.Network.ReadRevoked());
            }
            catch (Exception e) when (e is KeyException or IOException or UnauthorizedAccessException)
            {
                log.DenyListFailed(e.Message);
            }

            if (keeper.Revocations.Revokes(keeper.Current.Name.Id, NetworkAuthority.IssuedAt(keeper.Current.Certificate)))
                throw Enrolment.Revoked(keeper.Current.Name, keeper.Network);
            await Task.Delay(LookEvery, clock, stop);
        }
    }
}
