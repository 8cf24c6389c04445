using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Protocol;

namespace P2PNode.Security;

/// <summary>
/// TLS for who has no certificate yet. The dialler is told the CA's certificate only after the handshake, so it looks at
/// what the other side showed once it has that (<see cref="CheckServer"/>), and says nothing before.
/// </summary>
public static class JoinTls
{
    /// <summary>What both sides say they speak.</summary>
    public static readonly SslApplicationProtocol Protocol = new("p2pnode-join/1");

    /// <summary>The name of a host by which a dialler asks to join; nodes that link name none.</summary>
    public const string ServerName = "join.p2pnode";

    /// <exception cref="PeerException">TLS could not be agreed on.</exception>
    public static async Task<SslStream> DialAsync(Stream wire, CancellationToken stop)
    {
        var tls = new SslStream(wire);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = ServerName,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [Protocol],
                    CertificateChainPolicy = AnyChain(),
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                    AllowTlsResume = false,
                    AllowRenegotiation = false,
                },
                stop);
            return tls.NegotiatedApplicationProtocol == Protocol
                ? tls
                : throw PeerException.Violation($"it does not say that it speaks {Protocol}");
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is AuthenticationException or IOException or CryptographicException)
                throw new PeerException(PeerFault.Lost, $"TLS could not be agreed on: {e.GetBaseException().Message}", e);
            throw;
        }
    }

    /// <summary>Checks that the other side is a member of the network that is meant.</summary>
    /// <returns>The CA's certificate.</returns>
    /// <exception cref="PeerException">It is not.</exception>
    public static X509Certificate2 CheckServer(SslStream tls, ReadOnlySpan<byte> offered, string network, TimeProvider clock)
    {
        try
        {
            var authority = X509CertificateLoader.LoadCertificate(offered);
            using var chain = new X509Chain { ChainPolicy = NodeIdentity.ChainPolicy(authority, clock.GetUtcNow().UtcDateTime, forServer: true) };
            if (NodeName.NetworkOf(authority) == network
                && tls.RemoteCertificate is X509Certificate2 shown && chain.Build(shown) && NodeName.Of(shown)?.Network == network)
            {
                return authority;
            }
        }
        catch (CryptographicException)
        {
            // What it offers is no certificate.
        }

        throw new PeerException(PeerFault.OtherNetwork, $"it is no node of network {network}");
    }

    /// <summary>TLS builds a chain before the callback is asked, and would download what the certificate of a stranger names.</summary>
    private static X509ChainPolicy AnyChain() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };

    internal static SslServerAuthenticationOptions ServerOptions(NodeIdentity self) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [Protocol],
        ServerCertificateContext = self.Context,
        ClientCertificateRequired = false,
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };
}
