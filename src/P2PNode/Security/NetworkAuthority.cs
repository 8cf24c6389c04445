using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;

namespace P2PNode.Security;

/// <summary>The CA of a network: who holds its key says who is which node.</summary>
public sealed class NetworkAuthority : IDisposable
{
    /// <summary>How long a node's certificate lasts.</summary>
    public static readonly TimeSpan NodeLifetime = TimeSpan.FromDays(90);

    private const int LifetimeYears = 10;
    private const string LocalSubject = "CN=P2PNode local network";
    private const string CreatedSubject = "CN=P2PNode network";

    /// <summary>The clock of a machine may be late by so much.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromHours(1);

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly ECDsa _key;

    private NetworkAuthority(ECDsa key, X509Certificate2 certificate)
    {
        (_key, Certificate) = (key, certificate);
        Network = NodeName.NetworkOf(certificate);
    }

    /// <summary>The CA's own certificate, without the key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The ID of the network.</summary>
    public string Network { get; }

    /// <summary>Whether it was made by itself for the nodes of one machine (design 6), and counts nowhere else.</summary>
    public bool IsLocal => IsLocalAuthority(Certificate);

    public static bool IsLocalAuthority(X509Certificate2 authority) => authority.Subject == LocalSubject;

    public static NetworkAuthority Create(bool local, TimeProvider clock)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(local ? LocalSubject : CreatedSubject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = clock.GetUtcNow();
        using var withKey = request.CreateSelfSigned(now - Lateness, now.AddYears(LifetimeYears));
        return new NetworkAuthority(key, X509CertificateLoader.LoadCertificate(withKey.RawData));
    }

    /// <param name="key">Owned by the authority from now on.</param>
    /// <param name="certificate">That of the key.</param>
    /// <exception cref="CryptographicException">The two do not belong together, or make no CA.</exception>
    public static NetworkAuthority From(ECDsa key, X509Certificate2 certificate)
    {
        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
            throw new CryptographicException("the key and the certificate do not belong together");
        if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(extension => extension.CertificateAuthority))
            throw new CryptographicException("the certificate is not that of a CA");
        return new NetworkAuthority(key, certificate);
    }

    /// <summary>Certifies that whoever has a key is a node of the network.</summary>
    /// <param name="id">The node.</param>
    /// <param name="key">Its public key.</param>
    /// <param name="clock">Says when.</param>
    /// <param name="notBefore">The certificate counts as issued at this instant at the earliest, whatever the clock says.</param>
    /// <param name="role">What the certificate makes of the holder.</param>
    public X509Certificate2 Issue(NodeId id, PublicKey key, TimeProvider clock, long notBefore = 0, NameRole role = NameRole.Node)
    {
        var request = new CertificateRequest(new X500DistinguishedName($"CN=P2PNode {role.Word()} {id}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(new NodeName(Network, id, role).ToString()));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication, ClientAuthentication], critical: false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        var now = clock.GetUtcNow();
        var end = now + NodeLifetime;
        if (Certificate.NotAfter.ToUniversalTime() is var last && end > last)
            end = last;
        var issued = Math.Max(now.ToUnixTimeMilliseconds(), notBefore);
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - Lateness, end, SerialOf(issued));
    }

    /// <summary>
    /// When a node's certificate was issued, in milliseconds since 1970: the upper part of its serial number, which no
    /// certificate of the node issued later goes below.
    /// </summary>
    public static long IssuedAt(X509Certificate2 certificate)
    {
        var time = new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true) >> 64;
        return time <= long.MaxValue ? (long)time : 0;
    }

    /// <summary>An ECDSA signature (SHA-256, IEEE P1363 form) of this network's CA.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

    /// <summary>Whether a CA signed this.</summary>
    public static bool IsSigned(X509Certificate2 authority, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = authority.PublicKey.GetECDsaPublicKey(); // Looks at nothing else of the certificate.
        return key?.VerifyData(data, signature, HashAlgorithmName.SHA256) ?? false;
    }

    /// <summary>The private key, for the one file that it is kept in.</summary>
    internal string ExportKey() => _key.ExportPkcs8PrivateKeyPem();

    public void Dispose()
    {
        _key.Dispose();
        Certificate.Dispose();
    }

    private static byte[] SerialOf(long issued)
    {
        var serial = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(serial, issued);
        RandomNumberGenerator.Fill(serial.AsSpan(sizeof(long)));
        return serial;
    }
}
