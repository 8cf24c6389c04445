using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace P2PNode.Security;

/// <summary>Where a node keeps who it is: <c>identity</c> in its state folder, with its key, its certificate and the CA's.</summary>
/// <param name="state">The folder .p2pnode of the node.</param>
public sealed class IdentityFolder(string state)
{
    private const string Remedy = "move it away, and join the network again";
    private const string RemedyOfRead = "have the node revoked and invited again";

    /// <summary>That of the node whose folder this is; what is missing of the way to it is made when it is needed.</summary>
    public static IdentityFolder OfNode(string nodeFolder) => new(System.IO.Path.Combine(nodeFolder, ".p2pnode"));

    public string Path { get; } = System.IO.Path.Combine(state, "identity");

    private string KeyFile => In("node.key");

    private string JoinKeyFile => In("join.key");

    private string CertificateFile => In("node.crt");

    /// <summary>The newest deny list that the node has seen (<see cref="DenyList.KeptText"/>).</summary>
    internal string RevokedFile => In("revoked");

    private string AuthorityFile => In("ca.crt");

    /// <summary>The identity, whatever the time and whoever's it is; null where there is none, or where it was not yet whole.</summary>
    /// <exception cref="KeyException">There is one, but it cannot be used.</exception>
    public NodeIdentity? Load()
    {
        if (PrivateFile.TryRead(CertificateFile) is not { } certificate)
            return null;
        var key = PrivateFile.TryReadKey(KeyFile, RemedyOfRead) ?? throw new KeyException($"{KeyFile} is missing; restore it, or join the network again.");
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

    /// <summary>The same for who can replace what cannot be used: null for that too.</summary>
    public NodeIdentity? LoadIfUsable()
    {
        try
        {
            return Load();
        }
        catch (KeyException)
        {
            return null;
        }
    }

    /// <summary>
    /// The key that is there, or a new one that is on the disk when this returns: a certificate that is asked for twice
    /// is asked for the same key.
    /// </summary>
    public ECDsa LoadOrCreateKey()
    {
        PrivateFile.CreateFolder(Path);
        var text = PrivateFile.TryReadKey(KeyFile, RemedyOfRead);
        try
        {
            if (text is not null)
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

    /// <summary>
    /// The key for a node that is to join. It is not yet the node's own, so that what the node was until then goes on; it
    /// stays the same until that succeeds.
    /// </summary>
    public ECDsa LoadOrCreateKeyToJoin()
    {
        PrivateFile.CreateFolder(Path);
        if (PrivateFile.TryReadKey(JoinKeyFile, "delete it, and have the node invited again") is { } text)
            return Pem.Key(text, JoinKeyFile, "delete it, and have the node invited again");
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PrivateFile.Write(JoinKeyFile, key.ExportPkcs8PrivateKeyPem());
        return key;
    }

    /// <summary>Whether a try to join has left its key, as its answer may have been lost.</summary>
    internal bool HasKeyToJoin => File.Exists(JoinKeyFile);

    /// <summary>Forgets that key: the node needs it no more.</summary>
    public void DropKeyToJoin()
    {
        if (HasKeyToJoin)
            File.Delete(JoinKeyFile);
    }

    /// <summary>The deny list that the node keeps; that of number 0 where there is none, or where it is damaged.</summary>
    public DenyList LoadRevoked(NodeIdentity identity) =>
        DenyList.ReadKept(PrivateFile.TryRead(RevokedFile) ?? "", identity.Authority) ?? DenyList.Empty(identity.Name.Network);

    /// <summary>Deletes keys that nothing will use any more: of a process that was killed, or to join with a token that has expired.</summary>
    internal void ClearLeftovers(TimeProvider clock)
    {
        PrivateFile.ClearLeftovers(Path, clock);
        if (HasKeyToJoin && File.GetLastWriteTimeUtc(JoinKeyFile) < (clock.GetUtcNow() - JoinToken.LongestLife).UtcDateTime)
            DropKeyToJoin();
    }

    /// <summary>
    /// Makes what a node has joined as its identity, in the place of any other. Where it is interrupted there is no
    /// certificate, and to join once more, with the same key, mends that.
    /// </summary>
    /// <exception cref="CryptographicException">The CA did not issue such a certificate of that key.</exception>
    public NodeIdentity SaveJoined(ECDsa key, X509Certificate2 certificate, X509Certificate2 authority, NodeName name, DenyList revoked)
    {
        Check(key, certificate, authority, name);
        File.Delete(CertificateFile);
        if (DenyList.ReadKept(PrivateFile.TryRead(RevokedFile) ?? "", authority) is not { } kept || kept.Number < revoked.Number)
            PrivateFile.Write(RevokedFile, revoked.KeptText);
        PrivateFile.Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
        var identity = Save(key, certificate, authority);
        File.Delete(JoinKeyFile);
        return identity;
    }

    /// <summary>Keeps a newer certificate of the node's key.</summary>
    /// <inheritdoc cref="SaveJoined" path="/exception"/>
    public NodeIdentity SaveRenewed(ECDsa key, X509Certificate2 certificate, X509Certificate2 authority, NodeName name)
    {
        Check(key, certificate, authority, name);
        return Save(key, certificate, authority);
    }

    /// <summary>Keeps a certificate of the key that is there. It comes last, as where it is the rest has to be.</summary>
    public NodeIdentity Save(ECDsa key, X509Certificate2 certificate, X509Certificate2 authority)
    {
        var identity = NodeIdentity.From(key, certificate, authority);
        if (!File.Exists(CertificateFile) && !File.Exists(RevokedFile))
            PrivateFile.Write(RevokedFile, DenyList.Empty(identity.Name.Network).KeptText);
        PrivateFile.Write(AuthorityFile, authority.ExportCertificatePem());
        PrivateFile.Write(CertificateFile, certificate.ExportCertificatePem());
        return identity;
    }

    private static void Check(ECDsa key, X509Certificate2 certificate, X509Certificate2 authority, NodeName name)
    {
        var identity = NodeIdentity.From(key, certificate, authority);
        if (identity.Name != name || !identity.IsIssued())
            throw new CryptographicException("it is not the one that was asked for");
    }

    internal string In(string name) => System.IO.Path.Combine(Path, name);
}
