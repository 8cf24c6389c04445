using System.Security.Cryptography;
using System.Text.Json;
using P2PNode.Files;

namespace P2PNode.Security;

/// <summary>
/// Where the CA of a network lies: <c>.p2pnode/network</c> beside nodes.json. One machine has it; on one machine alone
/// the nodes make it themselves.
/// </summary>
public sealed class NetworkFolder(string home)
{
    private const string Remedy = "restore it from your backup, or move the folder away and create the network anew";

    private readonly string _state = System.IO.Path.Combine(home, ".p2pnode");

    public string Path { get; } = System.IO.Path.Combine(home, ".p2pnode", "network");

    /// <summary>Whether there is a CA, be it usable or not.</summary>
    public bool Exists => File.Exists(KeyFile);

    private string KeyFile => In("ca.key");

    private string CertificateFile => In("ca.crt");

    /// <summary>The CA; null where there is none.</summary>
    /// <exception cref="KeyException">There is one, but it cannot be used.</exception>
    public NetworkAuthority? Load()
    {
        var certificate = PrivateFile.TryRead(CertificateFile);
        var key = PrivateFile.TryRead(KeyFile);
        if (certificate is null && key is null)
            return null;
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
        var made = NetworkAuthority.Create(local, clock);
        var temporary = $"{Path}.{Guid.NewGuid():N}";
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

    internal string In(string name) => System.IO.Path.Combine(Path, name);

    private static void Write(NetworkAuthority authority, string folder)
    {
        PrivateFile.Write(System.IO.Path.Combine(folder, "ca.key"), authority.ExportKey());
        PrivateFile.Write(System.IO.Path.Combine(folder, "ca.crt"), authority.Certificate.ExportCertificatePem());
        var about = new Dictionary<string, string> { ["kind"] = authority.IsLocal ? "local" : "created", ["network"] = authority.Network };
        PrivateFile.Write(System.IO.Path.Combine(folder, "network.json"), JsonSerializer.Serialize(about) + "\n");
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
