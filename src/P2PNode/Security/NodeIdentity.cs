using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace P2PNode.Security;

/// <summary>Who a node can prove to be: its key, the certificate of that, and the CA that both sides trust.</summary>
public sealed class NodeIdentity
{
    /// <summary>A certificate is renewed so long before its end.</summary>
    public static readonly TimeSpan RenewedBefore = TimeSpan.FromDays(30);

    private NodeIdentity(NodeName name, X509Certificate2 certificate, X509Certificate2 authority)
    {
        (Name, Certificate, Authority) = (name, certificate, authority);
        Context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    public NodeName Name { get; }

    /// <summary>With the private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The CA's certificate, the only one that is trusted.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>Made once, as it is what makes a handshake costly otherwise.</summary>
    public SslStreamCertificateContext Context { get; }

    public DateTimeOffset Ends => Certificate.NotAfter.ToUniversalTime();

    /// <summary>Takes nothing over: what is handed in stays with the caller.</summary>
    /// <exception cref="CryptographicException">The three do not belong together.</exception>
    public static NodeIdentity From(ECDsa key, X509Certificate2 certificate, X509Certificate2 authority)
    {
        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
            throw new CryptographicException("the certificate is of another key");
        if (NodeName.Of(certificate) is not { } name || name.Network != NodeName.NetworkOf(authority))
            throw new CryptographicException("the certificate names no node of the CA's network");
        return new NodeIdentity(name, Usable(certificate.CopyWithPrivateKey(key)), X509CertificateLoader.LoadCertificate(authority.RawData));
    }

    /// <summary>Whether the CA issued the certificate, whatever the time is.</summary>
    public bool IsIssued()
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicy(Authority, Certificate.NotBefore.AddHours(2), forServer: false) };
        return chain.Build(Certificate);
    }

    /// <summary>What a certificate has to stand up to: of this CA alone, in its time, for its purpose. Fetches nothing.</summary>
    /// <param name="authority">The one CA.</param>
    /// <param name="now">The time at which it has to be valid.</param>
    /// <param name="forServer">Whether it is shown by the side that was dialled.</param>
    internal static X509ChainPolicy ChainPolicy(X509Certificate2 authority, DateTime now, bool forServer)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now,

            // The names of machines prove nothing here: the node's name in the certificate does.
            VerificationFlags = X509VerificationFlags.IgnoreInvalidName,
        };
        policy.CustomTrustStore.Add(authority);
        policy.ApplicationPolicy.Add(new Oid(forServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"));
        return policy;
    }

    /// <summary>Windows hands keys to TLS from its store alone.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }
}
