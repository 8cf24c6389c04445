using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Security;

/// <summary>
/// Where the CA of a network lies: <c>.p2pnode/network</c> beside nodes.json. One machine has it; on one machine alone
/// the nodes make it themselves. Thread-safe.
/// </summary>
/// <param name="home">The folder of nodes.json, or the working directory where there is none.</param>
/// <param name="onDamaged">Told once of each certificate of a node or seed that is here but cannot be read.</param>
public sealed class NetworkFolder(string home, Action<NodeId, string>? onDamaged = null)
{
    private const string Remedy = "restore it from your backup, or move the folder away and create the network anew";

    /// <summary>Many nodes that start at once on a busy machine are certified one after the other.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(1);

    private readonly string _state = System.IO.Path.Combine(home, ".p2pnode");
    private readonly ConcurrentDictionary<NodeId, bool> _damaged = new();

    public string Path { get; } = System.IO.Path.Combine(home, ".p2pnode", "network");

    /// <summary>Whether there is a CA, be it usable or not.</summary>
    public bool Exists => File.Exists(KeyFile);

    private string KeyFile => In("ca.key");

    private string RevokedFile => In("revoked");

    private string InvitesFile => In("invites");

    private string CertificateFile => In("ca.crt");

    /// <summary>The CA; null where there is none.</summary>
    /// <exception cref="KeyException">There is one, but it cannot be used.</exception>
    public NetworkAuthority? Load()
    {
        var certificate = PrivateFile.TryRead(CertificateFile);
        var key = PrivateFile.TryReadKey(KeyFile, $"move {Path} away and create the network anew");
        if (certificate is null && key is null)
            return null;
        certificate ??= PrivateFile.TryRead(CertificateFile); // Another process may have put the folder into its place meanwhile.
        if (certificate is null || key is null)
            throw new KeyException($"{(key is null ? KeyFile : CertificateFile)} is missing; {Remedy}.");
        var read = Pem.Key(key, KeyFile, Remedy);
        try
        {
            return NetworkAuthority.From(read, Pem.Certificate(certificate, CertificateFile, Remedy));
        }
        catch (CryptographicException e)
        {
            read.Dispose();
            throw new KeyException($"The CA in {Path} cannot be used, as {e.Message}; {Remedy}.", e);
        }
    }

    /// <summary>
    /// Makes a CA where there is none. When several processes do so at once one of them wins, and all get what that made:
    /// a folder with everything in it comes into its place by one rename, which fails where there is one.
    /// </summary>
    /// <exception cref="KeyException">The CA that is there cannot be used.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public (NetworkAuthority Authority, bool IsNew) LoadOrCreate(bool local, TimeProvider clock)
    {
        if (Load() is { } present)
            return (present, false);
        if (File.Exists(_state))
            throw new KeyException($"{_state} is a file, where P2PNode needs a folder; move it away.");
        var made = NetworkAuthority.Create(local, clock);
        var temporary = PrivateFile.Beside(Path);
        try
        {
            PrivateFile.CreateFolder(_state);
            PrivateFile.CreateFolder(temporary);
            Write(made, temporary);
            if (TryPublish(temporary))
                return (made, true);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }

        made.Dispose();
        return Load() is { } others
            ? (others, false)
            : throw new KeyException($"{Path} is in the way of the network's keys, and has none in it; move it away.");
    }

    /// <summary>Whether the CA here is that of a network.</summary>
    public bool Holds(string network)
    {
        try
        {
            if (!Exists || PrivateFile.TryRead(CertificateFile) is not { } text)
                return false;
            using var certificate = Pem.Certificate(text, CertificateFile, Remedy);
            return NodeName.NetworkOf(certificate) == network;
        }
        catch (KeyException)
        {
            return false;
        }
    }

    /// <summary>Lets nobody else certify, invite or revoke with this CA until it is disposed of; nodes and commands may want to at once.</summary>
    /// <exception cref="KeyException">There is no CA.</exception>
    /// <exception cref="IOException">Another process holds it for too long.</exception>
    internal async Task<IDisposable> LockAsync(TimeProvider clock, CancellationToken stop)
    {
        try
        {
            return await LockFile.TakeAsync(In("lock"), LockPatience, clock, stop);
        }
        catch (DirectoryNotFoundException)
        {
            throw new KeyException($"There is no network's CA in {Path}; go where 'p2pnode network create' was run, or run that here.");
        }
    }

    /// <summary>Deletes keys that a process left which was killed while it made them.</summary>
    public void ClearLeftovers(TimeProvider clock)
    {
        PrivateFile.ClearLeftovers(_state, clock);
        PrivateFile.ClearLeftovers(Path, clock);
    }

    /// <summary>What goes by a number here: by its last certificate, or else by an invitation that is good; null where nothing does.</summary>
    internal NameRole? RoleOf(NodeId id, TimeProvider clock)
    {
        using var last = LastCertificate(id);
        return last is not null && NodeName.Of(last) is { } name
            ? name.Role
            : ReadInvites().FirstOrDefault(invite => invite.Id == id && clock.GetUtcNow() < invite.Expires)?.Role;
    }

    /// <summary>Nodes and seeds are numbered alike: one deny list serves for both.</summary>
    /// <exception cref="KeyException">The number is that of a seed where it is to be a node's, or the other way round.</exception>
    internal void CheckNumber(NodeId id, NameRole role, TimeProvider clock)
    {
        if (RoleOf(id, clock) is { } other && other != role)
            throw new KeyException($"{id} is the number of a {other.Word()}; choose another one for the {role.Word()}.");
    }

    /// <summary>Certifies a node, and keeps the certificate for who wants to see which there are.</summary>
    /// <exception cref="KeyException">As <see cref="CheckNumber"/>.</exception>
    internal X509Certificate2 Certify(NetworkAuthority authority, NodeId id, PublicKey key, TimeProvider clock, NameRole role = NameRole.Node)
    {
        CheckNumber(id, role, clock);
        var notBefore = Math.Max(LoadRevoked(authority).RevokedUntil.GetValueOrDefault(id), LastIssued(id) ?? 0);
        var certificate = authority.Issue(id, key, clock, notBefore, role);
        PrivateFile.CreateFolder(In("nodes"));
        PrivateFile.Write(RecordOf(id), certificate.ExportCertificatePem());
        return certificate;
    }

    /// <summary>When the last certificate of a node was issued (<see cref="NetworkAuthority.IssuedAt"/>); null where nothing says so.</summary>
    public long? LastIssued(NodeId id)
    {
        using var last = LastCertificate(id);
        return last is null ? null : NetworkAuthority.IssuedAt(last);
    }

    /// <summary>The last certificate of a node or seed; null where nothing says that there is one.</summary>
    internal X509Certificate2? LastCertificate(NodeId id)
    {
        try
        {
            return PrivateFile.TryRead(RecordOf(id)) is { } text ? Pem.Certificate(text, RecordOf(id), "delete it") : null;
        }
        catch (KeyException)
        {
            if (_damaged.TryAdd(id, true))
                onDamaged?.Invoke(id, RecordOf(id));
            return null; // A record that is damaged keeps nobody from being revoked.
        }
    }

    private string RecordOf(NodeId id) => In($"nodes/{id}.crt");

    /// <summary>Whether a certificate was ever issued to a node here.</summary>
    public bool HasCertified(NodeId id) => File.Exists(RecordOf(id));

    /// <summary>The last certificate of each node or seed that there is one for, by ID.</summary>
    public IReadOnlyList<(NodeId Id, NameRole Role, DateTimeOffset Ends)> Certified()
    {
        if (!Directory.Exists(In("nodes")))
            return [];
        var certified = new SortedDictionary<NodeId, (NameRole Role, DateTimeOffset Ends)>();
        foreach (var path in Directory.EnumerateFiles(In("nodes"), "*.crt"))
        {
            using var certificate = NodeId.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), out var id) ? LastCertificate(id) : null;
            if (certificate is not null && NodeName.Of(certificate) is { } name)
                certified[name.Id] = (name.Role, certificate.NotAfter.ToUniversalTime());
        }

        return [.. certified.Select(node => (node.Key, node.Value.Role, node.Value.Ends))];
    }

    /// <summary>The deny list; that of number 0 where nobody was ever revoked.</summary>
    /// <exception cref="KeyException">It is damaged.</exception>
    public DenyList LoadRevoked(NetworkAuthority authority)
    {
        var text = ReadRevoked();
        if (text.Length == 0)
            return DenyList.Empty(authority.Network);
        return DenyList.TryParse(text, authority.Certificate, out var list)
            ? list
            : throw new KeyException($"{RevokedFile} is damaged; restore it, or take the file 'revoked' from the folder .p2pnode/identity of any node.");
    }

    internal string ReadRevoked() => PrivateFile.TryRead(RevokedFile) ?? "";

    internal void WriteRevoked(DenyList list) => PrivateFile.Write(RevokedFile, list.Text);

    internal IEnumerable<Invite> ReadInvites() =>
        (PrivateFile.TryRead(InvitesFile) ?? "").Split('\n').Select(Invite.Parse).OfType<Invite>();

    internal void WriteInvites(IEnumerable<Invite> invites) =>
        PrivateFile.Write(InvitesFile, string.Concat(invites.ToList().Select(invite => $"{invite}\n")));

    /// <summary>Makes a CA for several machines; one for this machine alone that is there gives way to it.</summary>
    /// <exception cref="KeyException">The CA that is there cannot be used.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public (NetworkAuthority Authority, bool IsNew) CreateForOthers(TimeProvider clock)
    {
        ClearLeftovers(clock);
        using (var present = Load())
        {
            if (present is { IsLocal: true })
                Directory.Delete(Path, recursive: true);
        }

        return LoadOrCreate(local: false, clock);
    }

    internal string In(string name) => System.IO.Path.Combine(Path, name);

    private static void Write(NetworkAuthority authority, string folder)
    {
        PrivateFile.Write(System.IO.Path.Combine(folder, "ca.key"), authority.ExportKey());
        PrivateFile.Write(System.IO.Path.Combine(folder, "ca.crt"), authority.Certificate.ExportCertificatePem());
        var kind = authority.IsLocal ? "local" : "created"; // Neither needs escaping.
        PrivateFile.Write(System.IO.Path.Combine(folder, "network.json"), $$"""{"kind":"{{kind}}","network":"{{authority.Network}}"}""" + "\n");
    }

    /// <summary>False where somebody else was first.</summary>
    private bool TryPublish(string temporary)
    {
        try
        {
            Directory.Move(temporary, Path);
        }
        catch (IOException) when (Directory.Exists(Path) || File.Exists(Path))
        {
            return false;
        }

        Durable.SyncFolder(_state);
        return true;
    }
}
