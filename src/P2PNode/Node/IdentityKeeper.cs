using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>Who this node is at the moment, and renews that in time while the node runs. Thread-safe.</summary>
internal sealed class IdentityKeeper(Enrolment enrolment, NodeIdentity first, Revocations revocations, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>A person is told so often that the end comes near.</summary>
    private static readonly TimeSpan Reminder = TimeSpan.FromDays(1);

    private NodeIdentity _current = first;
    private DateTimeOffset _nextReminder;

    public NodeIdentity Current => Volatile.Read(ref _current);

    /// <summary>Where the network's CA is, if it is on this machine.</summary>
    public NetworkFolder Network => enrolment.Network;

    /// <summary>Who is no member any more.</summary>
    public Revocations Revocations => revocations;

    /// <summary>Looks at the certificate now and every hour.</summary>
    /// <param name="peers">Where other nodes listen, one of which may hold the CA.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="IdentityRefusedException">It has ended.</exception>
    public async Task RunAsync(Func<IEnumerable<NodeAddress>> peers, CancellationToken stop)
    {
        while (true)
        {
            if (enrolment.EndsSoon(Current))
                await RenewAsync(peers, stop);
            await Task.Delay(Every, clock, stop);
        }
    }

    private async Task RenewAsync(Func<IEnumerable<NodeAddress>> peers, CancellationToken stop)
    {
        try
        {
            if ((await enrolment.RenewAsync(Current, stop) ?? await AskAsync(peers(), stop)) is { } renewed)
            {
                Volatile.Write(ref _current, renewed);
                log.CertificateRenewed(renewed.Ends);
                return;
            }
        }
        catch (Exception e) when (e is KeyException and not IdentityRefusedException or IOException or UnauthorizedAccessException)
        {
            log.CertificateNotRenewed(e.Message);
        }

        var now = clock.GetUtcNow();
        if (now >= Current.Ends)
            throw Enrolment.Ended(Current);
        if (now < _nextReminder)
            return;
        log.CertificateEnds(Current.Ends);
        _nextReminder = now + Reminder;
    }

    /// <summary>Asks one after the other; null where none holds the CA.</summary>
    private async Task<NodeIdentity?> AskAsync(IEnumerable<NodeAddress> peers, CancellationToken stop)
    {
        foreach (var peer in peers)
        {
            try
            {
                return await new JoinClient(enrolment.Folder, clock).RenewAsync(Current, peer, stop);
            }
            catch (PeerException e)
            {
                log.RenewalRefused(peer, e.Message);
            }
        }

        return null;
    }
}
