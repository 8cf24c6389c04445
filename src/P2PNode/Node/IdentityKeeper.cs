using P2PNode.Security;
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
    /// <exception cref="IdentityRefusedException">It has ended.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            if (enrolment.EndsSoon(Current))
                Renew();
            await Task.Delay(Every, clock, stop);
        }
    }

    private void Renew()
    {
        try
        {
            if (enrolment.Renew(Current) is { } renewed)
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
}
