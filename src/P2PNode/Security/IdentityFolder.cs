using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace P2PNode.Security;

/// <summary>Where a node keeps who it is: <c>identity</c> in its state folder, with its key, its certificate and the CA's.</summary>
/// <param name="state">The folder .p2pnode of the node.</param>
public sealed class IdentityFolder(string state)
{
    private const string Remedy = "move it away, and join the network again";

    public string Path { get; } = System.IO.Path.Combine(state, "identity");

    private string KeyFile => In("node.key");

    private string CertificateFile => In("node.crt");

    private string AuthorityFile => In("ca.crt");

    /// <summary>The identity, whatever the time and whoever's it is; null where there is none, or where it was not yet whole.</summary>
    /// <exception cref="KeyException">There is one, but it cannot be used.</exception>
    public NodeIdentity? Load()
    {
        if (PrivateFile.TryRead(CertificateFile) is not { } certificate)
            return null;
        var key = PrivateFile.TryRead(KeyFile) ?? throw new KeyException($"{KeyFile} is missing; restore it, or join the network again.");
        var authority = PrivateFile.TryRead(AuthorityFile) ?? throw new KeyException($"{AuthorityFile} is missing; restore it, or join the network again.");
        using var read = Pem.Key(key, KeyFile, Remedy);
        try
        {
            var identity = NodeIdentity.From(read, Pem.Certificate(certificate, CertificateFile, Remedy), Pem.Certificate(authority, AuthorityFile, Remedy));
            return identity.IsIssued() ? identity : throw new CryptographicException("the CA did not issue the certificate");
        }
        catch (CryptographicException e)
        {
            throw new KeyException($"The identity in {Path} cannot be used, as {e.Message}; {Remedy}.", e);
        }
    }

    /// <summary>
    /// The key that is there, or a new one that is on the disk when this returns: a certificate that is asked for twice
    /// is asked for the same key.
    /// </summary>
    public ECDsa LoadOrCreateKey()
    {
        PrivateFile.CreateFolder(Path);
        try
        {
            if (PrivateFile.TryRead(KeyFile) is { } text)
                return Pem.Key(text, KeyFile, Remedy);
        }
        catch (KeyException)
        {
            // Without its key a certificate is worth nothing: another takes its place.
            File.Delete(CertificateFile);
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PrivateFile.Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
        return key;
    }

    /// <summary>Keeps a certificate of the key that is there. It comes last, as where it is the rest has to be.</summary>
    public NodeIdentity Save(ECDsa key, X509Certificate2 certificate, X509Certificate2 authority)
    {
        var identity = NodeIdentity.From(key, certificate, authority);
        PrivateFile.Write(AuthorityFile, authority.ExportCertificatePem());
        PrivateFile.Write(CertificateFile, certificate.ExportCertificatePem());
        return identity;
    }

    internal string In(string name) => System.IO.Path.Combine(Path, name);
}
