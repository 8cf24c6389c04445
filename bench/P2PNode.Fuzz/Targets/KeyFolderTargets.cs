using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Fuzz.Targets;

/// <summary>A folder of keys and certificates: the input is all its files, one after the other, with a byte between them that is in none.</summary>
internal abstract class KeyFolderTarget : StateTarget
{
    private const char Between = '\u001e';

    /// <summary>Keys that are none of ours.</summary>
    private static readonly string[] OtherKeys = MakeOtherKeys();

    private string[] _files = [];

    public override bool Expects(Exception e) => e is KeyException;

    public override byte[] Sample(Random random)
    {
        var parts = _files.Select(File.ReadAllText).ToArray();
        if (random.Next(8) == 0)
            parts[random.Next(parts.Length)] = OtherKeys[random.Next(OtherKeys.Length)];
        return Encoding.UTF8.GetBytes(string.Join(Between, parts));
    }

    /// <summary>Names the files, which are there and correct.</summary>
    protected void Keep(params IEnumerable<string> files)
    {
        _files = [.. files.Select(file => $"{file}.good")];
        foreach (var file in files)
            File.Copy(file, $"{file}.good");
    }

    /// <summary>Writes the files anew; those that the input has no part for are missing.</summary>
    protected void Put(byte[] input)
    {
        var parts = Encoding.UTF8.GetString(input).Split(Between);
        for (var i = 0; i < _files.Length; i++)
        {
            var path = _files[i][..^".good".Length];
            File.Delete(path);
            if (i < parts.Length)
                PrivateFile.Write(path, parts[i]);
        }
    }

    private static string[] MakeOtherKeys()
    {
        using var rsa = RSA.Create(2048);
        using var longer = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = SampleNetwork.NewKey();
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1);
        return
        [
            rsa.ExportPkcs8PrivateKeyPem(), longer.ExportPkcs8PrivateKeyPem(), key.ExportPkcs8PrivateKeyPem(), key.ExportECPrivateKeyPem(),
            key.ExportSubjectPublicKeyInfoPem(), key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption), key.ExportPkcs8PrivateKeyPem() + longer.ExportPkcs8PrivateKeyPem(), "",
        ];
    }
}

/// <summary>Who a node is: its key, its certificate and the CA's.</summary>
internal sealed class IdentityTarget : KeyFolderTarget
{
    private readonly IdentityFolder _identity;
    private readonly NodeName _name;

    public IdentityTarget()
    {
        using var network = new SampleNetwork();
        _identity = new IdentityFolder(Folder.State);
        using var key = _identity.LoadOrCreateKey();
        using var certificate = network.Issue(7, key);
        _name = _identity.Save(key, certificate, network.Authority.Certificate).Name;
        Keep(_identity.In("node.crt"), _identity.In("node.key"), _identity.In("ca.crt"));
    }

    public override string Name => "identity";

    public override void Take(byte[] input)
    {
        Put(input);
        if (_identity.Load() is { } identity && identity.Name != _name)
            throw new InvalidOperationException($"It is {identity.Name}.");
    }
}

/// <summary>What the holder of the CA has: its key and certificate, the deny list, open invitations and who was certified.</summary>
internal sealed class NetworkFolderTarget : KeyFolderTarget
{
    private static readonly NodeId Seven = new(7);

    private readonly NetworkFolder _network;
    private readonly AuthorityOffice _office;
    private readonly PublicKey _stranger;
    private readonly string _name;

    public NetworkFolderTarget()
    {
        _network = new NetworkFolder(Folder.Root);
        _office = new AuthorityOffice(_network, TimeProvider.System);
        using var authority = _network.LoadOrCreate(local: false, TimeProvider.System).Authority;
        using var key = SampleNetwork.NewKey();
        (_name, _stranger) = (authority.Network, new PublicKey(key));
        _network.Certify(authority, Seven, _stranger, TimeProvider.System).Dispose();
        _office.RevokeAsync(new NodeId(8), CancellationToken.None).GetAwaiter().GetResult();
        _office.InviteAsync(Seven, TimeSpan.FromDays(1), CancellationToken.None).GetAwaiter().GetResult();
        _office.InviteAsync(new NodeId(9), TimeSpan.FromDays(1), CancellationToken.None).GetAwaiter().GetResult();
        Keep(_network.In("ca.key"), _network.In("ca.crt"), _network.In("revoked"), _network.In("invites"), _network.In("nodes/7.crt"));
    }

    public override string Name => "network";

    public override void Take(byte[] input)
    {
        Put(input);
        _office.OpenInvites();
        _network.Certified();
        using var authority = _network.Load();
        if (authority is null)
            return;
        if (authority.Network == _name && _network.LoadRevoked(authority) is { Number: not (0 or 1) })
            throw new InvalidOperationException("A list was read that was not signed.");
        try
        {
            using var certificate = _office.RedeemAsync(Seven, _stranger, new byte[32], CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (JoinRefusedException)
        {
            return; // As it has no token.
        }

        throw new InvalidOperationException("Somebody without a token was certified.");
    }
}
