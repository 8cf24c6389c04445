using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Security;

/// <summary>How a member stays one, is put out, and comes back.</summary>
public sealed class RevocationAndRenewalTests : JoinFixture
{
    [Fact]
    public async Task Who_was_revoked_is_refused_with_the_proof_and_let_in_when_it_was_invited_again()
    {
        await using var holder = Holder();
        var joined = await JoinAsync(await InviteAsync(7), "seven", holder);
        holder.Revocations.TryTake((await Office.RevokeAsync(new NodeId(7), Stop)).List.Text);
        await using var seven = new LoopbackNode(7, network: Authority.Network, identity: joined);

        var refused = await Assert.ThrowsAsync<PeerException>(() => seven.Greeter.DialAsync(holder.Address, holder.Id, Stop));
        var hidden = await Assert.ThrowsAsync<PeerException>(() => holder.Greeter.DialAsync(seven.Address, seven.Id, Stop));

        Assert.Equal((PeerFault.Rejected, "node 7 was revoked"), (refused.Fault, refused.Message));
        Assert.Equal((PeerFault.NotAdmitted, "node 7 was revoked"), (hidden.Fault, hidden.Message));
        Assert.True(seven.Revocations.Revokes(seven.Id, NetworkAuthority.IssuedAt(joined.Certificate)));
        Assert.Contains(holder.Log, line => line.RenderMessage(null).EndsWith("node 7 was revoked\"", StringComparison.Ordinal));
        Assert.Empty(holder.Table.All());

        var anew = await JoinAsync(await InviteAsync(7), "seven", holder);
        await using var again = new LoopbackNode(7, network: Authority.Network, identity: anew);
        again.Want(holder);
        await Eventually.HoldsAsync(() => holder.Table.Find(new NodeId(7)) is not null, "it is let in again");
    }

    [Fact]
    public async Task Who_is_revoked_loses_its_bulk_links_too()
    {
        await using var holder = Holder();
        var joined = await JoinAsync(await InviteAsync(7), "seven", holder);
        await using var seven = new LoopbackNode(7, network: Authority.Network, identity: joined);
        await using var bulk = await seven.Greeter.DialBulkAsync(holder.Address, holder.Id, Stop);
        await Eventually.HoldsAsync(() => holder.Greeter.BulkPeers == 1, "the link is served");

        holder.Revocations.TryTake((await Office.RevokeAsync(new NodeId(7), Stop)).List.Text);

        Assert.Null(await bulk.ReadAsync(WireLimits.BulkBytes, TimeSpan.FromSeconds(20)));
        await Eventually.HoldsAsync(() => holder.Greeter.BulkPeers == 0, "the link is gone");
        await Eventually.HoldsAsync(() => holder.Log.Any(line => line.RenderMessage(null).EndsWith("node 7 was revoked\"", StringComparison.Ordinal)), "the log says why");
    }

    [Fact]
    public async Task An_older_copy_of_the_ca_that_is_put_back_takes_the_list_that_all_know()
    {
        await Office.RevokeAsync(new NodeId(7), Stop);
        var known = (await Office.RevokeAsync(new NodeId(8), Stop)).List;
        File.Delete(Path.Combine(Keys.Path, "revoked"));

        await Office.CatchUpAsync(known, Stop);
        await Office.CatchUpAsync(DenyList.Empty(Authority.Network), Stop);

        Assert.Equal(known.Text, Keys.LoadRevoked(Authority).Text);
        Assert.Equal(known.Number + 1, (await Office.RevokeAsync(new NodeId(9), Stop)).List.Number);
    }

    [Fact]
    public async Task A_node_elsewhere_has_its_certificate_renewed_by_who_holds_the_ca()
    {
        await using var holder = Holder();
        var identity = Joined(7, TimeSpan.FromDays(70));
        await using var other = new LoopbackNode(2, network: Authority.Network, identity: TestNetworkKeys.Issue(2, by: Authority));
        var enrolment = new Enrolment(new NetworkFolder(Home["seven"]), Folder("seven"), new NodeId(7), TimeProvider.System, Logger.None);
        var keeper = new IdentityKeeper(enrolment, identity, holder.Revocations, TimeProvider.System, Logger.None);
        using var stop = new CancellationTokenSource();

        var running = keeper.RunAsync(() => [other.Address, holder.Address], stop.Token);
        await Eventually.HoldsAsync(() => !enrolment.EndsSoon(keeper.Current), "it is renewed");

        Assert.Equal(identity.Name, keeper.Current.Name);
        Assert.Equal(identity.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), keeper.Current.Certificate.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal(keeper.Current.Certificate.RawData, Folder("seven").Load()!.Certificate.RawData);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Nothing_is_renewed_that_has_ended_or_was_revoked_or_is_of_another_key_node_or_network()
    {
        await using var holder = Holder();
        var valid = Joined(7, TimeSpan.FromDays(1));
        await RefusedAsync(Joined(7, TimeSpan.FromDays(100)));
        await RefusedAsync(TestNetworkKeys.Issue(7), new NodeName(Authority.Network, new NodeId(7)));
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RenewAsync(new NodeId(7), new PublicKey(otherKey), valid.Certificate.RawData, Stop));
        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RenewAsync(new NodeId(8), valid.Certificate.PublicKey, valid.Certificate.RawData, Stop));
        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RenewAsync(new NodeId(7), valid.Certificate.PublicKey, new byte[9], Stop));
        (await Office.RenewAsync(new NodeId(7), valid.Certificate.PublicKey, valid.Certificate.RawData, Stop)).Dispose();
        await Office.RevokeAsync(new NodeId(7), Stop);
        await RefusedAsync(valid);

        async Task RefusedAsync(NodeIdentity identity, NodeName? name = null)
        {
            var id = (name ?? identity.Name).Id;
            await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RenewAsync(id, identity.Certificate.PublicKey, identity.Certificate.RawData, Stop));
        }
    }

    [Fact]
    public async Task A_node_beside_the_ca_that_was_revoked_does_not_let_itself_in_again()
    {
        var enrolment = new Enrolment(Keys, Folder("seven"), new NodeId(7), TimeProvider.System, Logger.None);
        await enrolment.ResolveAsync([], Stop);
        await Office.RevokeAsync(new NodeId(7), Stop);

        Assert.StartsWith("Node 7 was revoked; ", (await Assert.ThrowsAsync<IdentityRefusedException>(() => enrolment.ResolveAsync([], Stop))).Message, StringComparison.Ordinal);
        Directory.Delete(Home["seven"], recursive: true);
        await Assert.ThrowsAsync<IdentityRefusedException>(() => enrolment.ResolveAsync([], Stop));
    }

    [Fact]
    public async Task What_was_issued_while_the_clock_was_ahead_is_revoked_too()
    {
        var ahead = new AuthorityOffice(Keys, TestNetworkKeys.Ago(-TimeSpan.FromHours(2)));
        var token = await InviteAsync(7);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = new PublicKey(key);
        var proof = token.Prove(publicKey.ExportSubjectPublicKeyInfo());
        using var early = await ahead.RedeemAsync(new NodeId(7), publicKey, proof, Stop);
        using var late = await Office.RedeemAsync(new NodeId(7), publicKey, proof, Stop); // The clock was set right meanwhile.

        var revocation = await Office.RevokeAsync(new NodeId(7), Stop);

        Assert.True(revocation.List.Revokes(new NodeId(7), NetworkAuthority.IssuedAt(early)));
        Assert.True(revocation.List.Revokes(new NodeId(7), NetworkAuthority.IssuedAt(late)));
    }

    [Fact]
    public async Task A_node_that_is_revoked_while_it_waits_for_the_ca_is_not_certified()
    {
        var enrolment = new Enrolment(Keys, Folder("seven"), new NodeId(7), TimeProvider.System, Logger.None);
        Task<NodeIdentity> enrolling;
        using (await Keys.LockAsync(TimeProvider.System, Stop))
        {
            enrolling = enrolment.ResolveAsync([], Stop);
            Assert.False(enrolling.IsCompleted);
            Keys.WriteRevoked(DenyList.Empty(Authority.Network).Revoke(new NodeId(7), Authority, TimeProvider.System));
        }

        await Assert.ThrowsAsync<IdentityRefusedException>(() => enrolling);
        Assert.Empty(Keys.Certified());
    }

    private NodeIdentity Joined(int id, TimeSpan ago)
    {
        using var key = Folder("seven").LoadOrCreateKey();
        using var certificate = Authority.Issue(new NodeId(id), new PublicKey(key), TestNetworkKeys.Ago(ago));
        return Folder("seven").Save(key, certificate, Authority.Certificate);
    }
}
