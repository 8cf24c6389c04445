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
    /// <summary>Makes a token for a node; it can be used once this returns, and no former one that was not used yet.</summary>
    /// <exception cref="KeyException">The CA is not here, or cannot be used; or the ID is that of a seed, or of a node where a seed is invited.</exception>
    /// <exception cref="IOException">The token cannot be kept.</exception>
    public async Task<Invitation> InviteAsync(NodeId id, TimeSpan lifetime, CancellationToken stop, NameRole role = NameRole.Node)
    {
        using var locked = await folder.LockAsync(clock, stop);
        using var authority = Authority();
        using var last = folder.LastCertificate(id);
        folder.CheckNumber(id, role, clock);
        var token = JoinToken.Create(new NodeName(authority.Network, id, role), clock.GetUtcNow() + lifetime);
        var invite = new Invite(id, token.Expires, Convert.ToHexStringLower(token.SecretHash), UsedBy: null, role);
        var (former, others) = (Current().FindAll(IsFormer), Current().FindAll(one => !IsFormer(one)));
        folder.WriteInvites(others.Append(invite));
        var revoked = folder.LoadRevoked(authority);
        var counts = last is not null && clock.GetUtcNow() < last.NotAfter && !revoked.Revokes(id, NetworkAuthority.IssuedAt(last));
        return new Invitation(token, former.Count > 0, IsRevoked: !counts && revoked.RevokedUntil.ContainsKey(id), counts ? last!.NotAfter.ToUniversalTime() : null);

        bool IsFormer(Invite one) => one.Id == id && one.UsedBy is null;
    }

    /// <summary>
    /// Makes a node of this machine a member with a token, as a node beside the CA does for others: when the last of those
    /// was revoked there is none that could be asked. When this returns the node's identity is on the disk.
    /// </summary>
    /// <exception cref="JoinRefusedException">The token is no good.</exception>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<NodeIdentity> AdmitAsync(JoinToken token, IdentityFolder joining, CancellationToken stop)
    {
        var isFirstTry = !joining.HasKeyToJoin;
        try
        {
            using var key = joining.LoadOrCreateKeyToJoin();
            var publicKey = new PublicKey(key);
            using var certificate = await RedeemAsync(token.Id, publicKey, token.Prove(publicKey.ExportSubjectPublicKeyInfo()), stop, token.Name.Role);
            using var authority = Authority();
            return joining.SaveJoined(key, certificate, authority.Certificate, token.Name, folder.LoadRevoked(authority));
        }
        catch (JoinRefusedException e) when (e.IsUsed || isFirstTry)
        {
            joining.DropKeyToJoin();
            throw;
        }
    }

    /// <summary>
    /// Certifies a node that proves to have a token. That the token is used is on the disk before; the same key may come
    /// again, as the answer may have been lost.
    /// </summary>
    /// <exception cref="JoinRefusedException">It does not prove that.</exception>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<X509Certificate2> RedeemAsync(NodeId id, PublicKey key, ReadOnlyMemory<byte> proof, CancellationToken stop, NameRole role = NameRole.Node)
    {
        using var locked = await folder.LockAsync(clock, stop);
        using var authority = Authority();
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var user = Convert.ToHexStringLower(SHA256.HashData(publicKey));
        var invites = Current();
        var invite = invites.Find(invite => invite.Id == id && invite.Role == role && CryptographicOperations.FixedTimeEquals(
                JoinToken.Prove(Convert.FromHexString(invite.SecretHash), new NodeName(authority.Network, id, role), publicKey), proof.Span))
            ?? throw new JoinRefusedException($"this is not a token with which {role.Word()} {id} was invited here, or it has expired, or the {role.Word()} was invited again or revoked since; have it invited again");
        if (invite.UsedBy is not null && invite.UsedBy != user)
            throw new JoinRefusedException($"the token was used already; have the {role.Word()} invited again", isUsed: true);
        folder.WriteInvites(invites.Select(one => one == invite ? one with { UsedBy = user } : one));
        return folder.Certify(authority, id, key, clock, role);
    }

    /// <summary>Certifies a node anew that shows the certificate of the same key which it has.</summary>
    /// <exception cref="JoinRefusedException">That is not valid any more.</exception>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<X509Certificate2> RenewAsync(NodeId id, PublicKey key, ReadOnlyMemory<byte> current, CancellationToken stop, NameRole role = NameRole.Node)
    {
        using var locked = await folder.LockAsync(clock, stop);
        using var authority = Authority();
        return IsValid(authority, new NodeName(authority.Network, id, role), key, current.Span)
            ? folder.Certify(authority, id, key, clock, role)
            : throw new JoinRefusedException($"its certificate is not a valid one of {role.Word()} {id}, or was revoked; have the {role.Word()} invited again");
    }

    /// <summary>
    /// Revokes all that was issued to a node, and what it was invited with. Also where nothing is known to have been issued:
    /// the folder may be an older copy, put back.
    /// </summary>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task<Revocation> RevokeAsync(NodeId id, CancellationToken stop)
    {
        using var locked = await folder.LockAsync(clock, stop);
        using var authority = Authority();
        var role = folder.RoleOf(id, clock) ?? NameRole.Node;
        folder.WriteInvites(Current().Where(invite => invite.Id != id));
        var before = folder.LoadRevoked(authority);
        var issued = folder.LastIssued(id);
        var list = before.Revoke(id, authority, clock, issued ?? 0);
        folder.WriteRevoked(list);
        return new Revocation(list, WasRevoked: before.Revokes(id, issued ?? 0), WasIssued: issued is not null, role);
    }

    /// <summary>
    /// Takes a list that the network has and the folder has not, as where an older copy of the folder was put back: else who
    /// was revoked could renew, and the next list would be older than the one that all know.
    /// </summary>
    /// <inheritdoc cref="InviteAsync" path="/exception"/>
    public async Task CatchUpAsync(DenyList known, CancellationToken stop)
    {
        using var locked = await folder.LockAsync(clock, stop);
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
}

/// <summary>What came of inviting a node or a seed.</summary>
/// <param name="Token">What it joins with.</param>
/// <param name="ReplacesToken">Whether a former token, which was not used, is void now.</param>
/// <param name="IsRevoked">Whether it was revoked, and was not let in again.</param>
/// <param name="MemberUntil">When the certificate ends which it has and which counts; null where there is none.</param>
public sealed record Invitation(JoinToken Token, bool ReplacesToken, bool IsRevoked, DateTimeOffset? MemberUntil);

/// <summary>What came of revoking a node.</summary>
/// <param name="List">The list on which it is.</param>
/// <param name="WasRevoked">Whether it was on the list before, and is not known to have been let in again since.</param>
/// <param name="WasIssued">Whether anything is known to have been issued to it.</param>
/// <param name="Role">Whether it is a node, or a seed; a node where nothing says.</param>
public sealed record Revocation(DenyList List, bool WasRevoked, bool WasIssued, NameRole Role);

/// <summary>Somebody who wants to join does not prove that it may; the message is for that.</summary>
public sealed class JoinRefusedException(string message, bool isUsed = false) : Exception(message)
{
    /// <summary>Whether its token was used before, with another key.</summary>
    public bool IsUsed => isUsed;
}
