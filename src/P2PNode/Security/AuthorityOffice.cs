using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;

namespace P2PNode.Security;

/// <summary>
/// What the holder of a CA does with it: invites, certifies who comes with a token, revokes. Several processes may do so
/// at once, a node and a command: a lock file lets one at a time.
/// </summary>
public sealed class AuthorityOffice(NetworkFolder folder, TimeProvider clock)
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes a token for a node; it can be used once this returns.</summary>
    /// <exception cref="KeyException">The CA is not here, or cannot be used.</exception>
    /// <exception cref="IOException">The token cannot be kept.</exception>
    public async Task<JoinToken> InviteAsync(NodeId id, TimeSpan lifetime, CancellationToken stop, NameRole role = NameRole.Node)
    {
        using var locked = await LockAsync(stop);
        using var authority = Authority();
        var token = JoinToken.Create(new NodeName(authority.Network, id, role), clock.GetUtcNow() + lifetime);
        var invite = new Invite(id, token.Expires, Convert.ToHexStringLower(token.SecretHash), UsedBy: null, role);
        folder.WriteInvites(Current().Append(invite));
        return token;
    }

    /// <summary>
    /// Certifies a node that proves to have a token. That the token is used is on the disk before; the same key may come
    /// again, as the answer may have been lost.
    /// </summary>
    /// <exception cref="JoinRefusedException">It does not prove that.</exception>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<X509Certificate2> RedeemAsync(NodeId id, PublicKey key, ReadOnlyMemory<byte> proof, CancellationToken stop, NameRole role = NameRole.Node)
    {
        using var locked = await LockAsync(stop);
        using var authority = Authority();
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var user = Convert.ToHexStringLower(SHA256.HashData(publicKey));
        var invites = Current();
        var invite = invites.Find(invite => invite.Id == id && invite.Role == role && CryptographicOperations.FixedTimeEquals(
                JoinToken.Prove(Convert.FromHexString(invite.SecretHash), new NodeName(authority.Network, id, role), publicKey), proof.Span))
            ?? throw new JoinRefusedException($"the token is not good for node {id} here: it has expired, or is of another network");
        if (invite.UsedBy is not null && invite.UsedBy != user)
            throw new JoinRefusedException("the token was used already; have the node invited again");
        folder.WriteInvites(invites.Select(one => one == invite ? one with { UsedBy = user } : one));
        return folder.Certify(authority, id, key, clock, role);
    }

    /// <summary>Certifies a node anew that shows the certificate of the same key which it has.</summary>
    /// <exception cref="JoinRefusedException">That is not valid any more.</exception>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<X509Certificate2> RenewAsync(NodeId id, PublicKey key, ReadOnlyMemory<byte> current, CancellationToken stop, NameRole role = NameRole.Node)
    {
        using var locked = await LockAsync(stop);
        using var authority = Authority();
        return IsValid(authority, new NodeName(authority.Network, id, role), key, current.Span)
            ? folder.Certify(authority, id, key, clock, role)
            : throw new JoinRefusedException($"its certificate is not a valid one of node {id}, or was revoked; have the node invited again");
    }

    /// <summary>Revokes all that was issued to a node.</summary>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<DenyList> RevokeAsync(NodeId id, CancellationToken stop)
    {
        using var locked = await LockAsync(stop);
        using var authority = Authority();
        folder.WriteInvites(Current().Where(invite => invite.Id != id));
        var list = folder.LoadRevoked(authority).Revoke(id, authority, clock);
        folder.WriteRevoked(list);
        return list;
    }

    /// <summary>
    /// Takes a list that the network has and the folder has not, as where an older copy of the folder was put back: else who
    /// was revoked could renew, and the next list would be older than the one that all know.
    /// </summary>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task CatchUpAsync(DenyList known, CancellationToken stop)
    {
        using var locked = await LockAsync(stop);
        using var authority = Authority();
        if (known.Network == authority.Network && folder.LoadRevoked(authority).Number < known.Number)
            folder.WriteRevoked(known);
    }

    /// <summary>What was not yet used and has not expired.</summary>
    public IReadOnlyList<Invite> OpenInvites() => Current().FindAll(invite => invite.UsedBy is null);

    private bool IsValid(NetworkAuthority authority, NodeName name, PublicKey key, ReadOnlySpan<byte> current)
    {
        try
        {
            using var shown = X509CertificateLoader.LoadCertificate(current);
            using var chain = new X509Chain { ChainPolicy = NodeIdentity.ChainPolicy(authority.Certificate, clock.GetUtcNow().UtcDateTime, forServer: false) };
            return chain.Build(shown)
                && NodeName.Of(shown) == name
                && shown.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())
                && !folder.LoadRevoked(authority).Revokes(name.Id, NetworkAuthority.IssuedAt(shown));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private List<Invite> Current() => [.. folder.ReadInvites().Where(invite => clock.GetUtcNow() < invite.Expires)];

    private NetworkAuthority Authority()
    {
        var authority = folder.Load() ?? throw new KeyException($"There is no network's CA in {folder.Path}; go where 'p2pnode network create' was run, or run that here.");
        if (!authority.IsLocal)
            return authority;
        authority.Dispose();
        throw new KeyException("The network here is that of this machine alone, whose nodes need no keys; make one for several machines with 'p2pnode network create'.");
    }

    private async Task<IDisposable> LockAsync(CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(folder.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (DirectoryNotFoundException)
            {
                throw new KeyException($"There is no network's CA in {folder.Path}; go where 'p2pnode network create' was run, or run that here.");
            }
            catch (IOException) when (clock.GetElapsedTime(began) < LockPatience)
            {
                await Task.Delay(LockPause, clock, stop);
            }
        }
    }
}

/// <summary>Somebody who wants to join does not prove that it may; the message is for that.</summary>
public sealed class JoinRefusedException(string message) : Exception(message);
