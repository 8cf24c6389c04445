using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using Serilog;
using Serilog.Core;

namespace P2PNode.Tests.Security;

public sealed class DenyListTests
{
    private static readonly DenyList Empty = DenyList.Empty(TestNetworkKeys.Network);

    [Fact]
    public void Every_list_reads_back_and_is_numbered_in_turn() => Prop
        .ForAll(
            Gen.Choose(1, int.MaxValue).NonEmptyListOf().ToArbitrary(),
            ids =>
            {
                var list = ids.Aggregate(Empty, (list, id) => Revoke(list, id));
                return Read(list.Text) is { } read && read.Number == ids.Count
                    && read.RevokedUntil.SequenceEqual(list.RevokedUntil)
                    && ids.All(id => read.RevokedUntil.ContainsKey(new NodeId(id)));
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void A_list_that_was_altered_anywhere_is_not_read()
    {
        var text = Revoke(Revoke(Empty, 7), 3).Text;
        for (var i = 0; i < text.Length; i++)
        {
            Assert.Null(Read(text[..i]));
            Assert.Null(Read(text.Remove(i, 1)));
            Assert.Null(Read(text[..i] + (text[i] == '1' ? '2' : '1') + text[(i + 1)..]));
        }

        Assert.Null(Read(text + "\n"));
        Assert.Null(Read(text.Replace("\n", "\r\n")));
    }

    [Fact]
    public void The_list_of_another_network_is_not_read()
    {
        using var other = NetworkAuthority.Create(local: false, TimeProvider.System);
        var list = DenyList.Empty(TestNetworkKeys.Network).Revoke(new NodeId(1), other, TimeProvider.System);

        Assert.Null(Read(list.Text));
        Assert.Null(Read(DenyList.Empty(other.Network).Revoke(new NodeId(1), other, TimeProvider.System).Text));
    }

    [Fact]
    public void Nothing_but_the_key_of_the_ca_is_looked_at_however_damaged_its_certificate_is()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=damaged", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509Extension("2.5.29.15", [3, 9, 7], critical: true)); // No key usage that can be read.
        var now = TimeProvider.System.GetUtcNow();
        using var authority = NetworkAuthority.From(key, request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now, now.AddDays(1), [1]));
        var list = DenyList.Empty(authority.Network).Revoke(new NodeId(7), authority, TimeProvider.System);

        Assert.True(DenyList.TryParse(list.Text, authority.Certificate, out _));
        Assert.False(DenyList.TryParse(list.Text.Replace("revoked 7", "revoked 8", StringComparison.Ordinal), authority.Certificate, out _));
    }

    [Fact]
    public void What_was_issued_before_counts_no_more_and_what_is_issued_after_does()
    {
        var old = TestNetworkKeys.Issue(7);
        var list = Revoke(Empty, 7);
        using var key = System.Security.Cryptography.ECDsa.Create();
        using var anew = TestNetworkKeys.Authority.Issue(
            new NodeId(7), new(key), TestNetworkKeys.Ago(TimeSpan.FromDays(1)), list.RevokedUntil[new NodeId(7)]);

        Assert.True(list.Revokes(new NodeId(7), NetworkAuthority.IssuedAt(old.Certificate)));
        Assert.False(list.Revokes(new NodeId(7), NetworkAuthority.IssuedAt(anew)));
        Assert.False(list.Revokes(new NodeId(8), NetworkAuthority.IssuedAt(old.Certificate)));
    }

    [Fact]
    public void Entries_go_when_all_that_they_revoke_has_ended()
    {
        var list = Empty.Revoke(new NodeId(7), TestNetworkKeys.Authority, TestNetworkKeys.Ago(TimeSpan.FromDays(91)));

        Assert.Equal([new NodeId(8)], Revoke(list, 8).RevokedUntil.Keys);
    }

    [Fact]
    public void A_list_never_outgrows_a_frame()
    {
        var list = Empty;
        var full = Assert.Throws<KeyException>(RevokeForEver);

        Assert.StartsWith("The deny list is full", full.Message, StringComparison.Ordinal);
        Assert.InRange(list.RevokedUntil.Count, 1_000, 2_000);
        Assert.NotNull(Read(list.Text));

        void RevokeForEver()
        {
            for (var id = int.MaxValue; ; id--)
                list = Revoke(list, id);
        }
    }

    [Fact]
    public void A_node_keeps_the_newest_list_over_a_restart_and_goes_back_to_none()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["identity"]);
        var first = Revoke(Empty, 7);
        var second = Revoke(first, 8);
        var told = new List<long>();
        var revocations = Open(folder);
        revocations.Changed += list => told.Add(list.Number);

        Assert.True(revocations.TryTake(second.Text));
        Assert.False(revocations.TryTake(first.Text));
        Assert.False(revocations.TryTake(second.Text));
        Assert.False(revocations.TryTake("nonsense"));

        Assert.Equal([2], told);
        Assert.Equal(second.Text, Open(folder).List.Text);
        File.WriteAllText(folder["identity/revoked"], second.Text[..50]);
        Assert.Equal(0, Open(folder).List.Number);
    }

    [Fact]
    public void A_list_that_is_damaged_or_gone_is_missed_in_one_line_that_names_the_file()
    {
        using var folder = new TemporaryFolder();
        var identity = new IdentityFolder(folder.Path);
        using var key = identity.LoadOrCreateKey();
        using var certificate = TestNetworkKeys.Authority.Issue(new NodeId(1), new(key), TimeProvider.System);
        identity.Save(key, certificate, TestNetworkKeys.Authority.Certificate);
        var path = folder["identity/revoked"];
        var log = new LogLines();

        Open(folder, log.Logger);
        Assert.Empty(log.Lines); // Nobody was revoked yet.

        foreach (var kept in new[] { File.ReadAllText(path), Revoke(Empty, 7).Text })
        {
            foreach (var damage in Enumerable.Range(0, kept.Length).Select(length => kept[..length]).Append(kept + "x"))
            {
                File.WriteAllText(path, damage);
                log.Clear();
                Open(folder, log.Logger);
                Assert.Equal($"{path} is damaged: who was revoked is known again when a node is linked", Assert.Single(log.Lines));
            }
        }

        log.Clear();
        Open(folder, log.Logger);
        Assert.Empty(log.Lines); // It is told once.
        File.Delete(path);
        Open(folder, log.Logger);
        Assert.Equal($"{path} is missing: who was revoked is known again when a node is linked", Assert.Single(log.Lines));
    }

    private static Revocations Open(TemporaryFolder folder, ILogger? log = null) =>
        new(TestNetworkKeys.Identity(1), new IdentityFolder(folder.Path), new NetworkFolder(folder.Path), log ?? Logger.None);

    private static DenyList Revoke(DenyList list, int id) => list.Revoke(new NodeId(id), TestNetworkKeys.Authority, TimeProvider.System);

    private static DenyList? Read(string text) => DenyList.TryParse(text, TestNetworkKeys.Authority.Certificate, out var list) ? list : null;
}
