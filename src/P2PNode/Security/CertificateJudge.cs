using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace P2PNode.Security;

/// <summary>
/// Judges the certificate of one peer, once, after TLS has checked its chain. Takes nothing that TLS does not, and puts
/// into words why it is not taken.
/// </summary>
internal sealed class CertificateJudge(NodeIdentity self, NameRole due, TimeProvider clock)
{
    /// <summary>Whom the certificate names; null until one was taken.</summary>
    public NodeName? Peer { get; private set; }

    /// <summary>When it was issued (<see cref="NetworkAuthority.IssuedAt"/>).</summary>
    public long IssuedAt { get; private set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset Ends { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Why it was not taken, as what "the peer" is or does; null while nothing is wrong.</summary>
    public string? Objection { get; private set; }

    /// <summary>Whether that is because a node is where a seed was due, or the other way round.</summary>
    public bool IsOfOtherRole { get; private set; }

    /// <summary>The ID of another network, where that is because it is a member of one.</summary>
    public string? OtherNetwork { get; private set; }

    public bool Take(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown || chain is null)
            return Refuse("it shows no certificate");
        if (errors is not SslPolicyErrors.None)
            return Refuse(Flaw(shown, chain));
        if (NodeName.Of(shown) is not { } name)
            return Refuse("its certificate names no node");
        if (name.Role != due)
            return RefuseRole(name.Role, dialled: sender is SslStream { IsServer: false });
        if (name.Network != self.Name.Network)
            return Refuse(OfOtherNetwork(name));
        (Peer, IssuedAt, Ends) = (name, NetworkAuthority.IssuedAt(shown), shown.NotAfter.ToUniversalTime());
        return true;
    }

    /// <summary>What is wrong with a peer whose certificate ended then.</summary>
    public static string Ended(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"its certificate ended on {at:yyyy-MM-dd}");

    private string Flaw(X509Certificate2 shown, X509Chain chain)
    {
        var flaws = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if ((flaws & ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NoError)) == 0)
        {
            var now = clock.GetUtcNow();
            if (now > shown.NotAfter.ToUniversalTime())
                return Ended(shown.NotAfter.ToUniversalTime());
            if (now < shown.NotBefore.ToUniversalTime())
                return string.Create(CultureInfo.InvariantCulture, $"its certificate is not valid before {shown.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC: compare the clocks");
        }

        const X509ChainStatusFlags strange = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        if ((flaws & strange) == 0)
            return $"its certificate cannot be used for this ({flaws})";
        if (NodeName.Of(shown) is { } name && name.Network != self.Name.Network)
            return OfOtherNetwork(name);
        return "its certificate was not issued by the CA of this network";
    }

    private string OfOtherNetwork(NodeName name)
    {
        OtherNetwork = name.Network;
        return $"it belongs to network {name.Network}, not to {self.Name.Network}";
    }

    private bool RefuseRole(NameRole role, bool dialled)
    {
        IsOfOtherRole = true;
        return Refuse((role, dialled) switch
        {
            (NameRole.Seed, true) => "a seed listens there, not a node",
            (NameRole.Seed, false) => "it is a seed, and here nodes link",
            (_, true) => "a node listens there, not a seed",
            (_, false) => "it is a node, and here a seed was due",
        });
    }

    private bool Refuse(string objection)
    {
        Objection = objection;
        return false;
    }
}
