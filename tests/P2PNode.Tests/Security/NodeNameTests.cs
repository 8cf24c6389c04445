using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Tests.Security;

public sealed class NodeNameTests
{
    private const string Network = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void Every_name_reads_back_from_its_text_and_from_a_certificate() => Prop
        .ForAll(
            Gen.Choose(1, int.MaxValue).ToArbitrary(),
            id =>
            {
                var name = new NodeName(Network, new NodeId(id), id % 2 == 0 ? NameRole.Node : NameRole.Seed);
                using var certificate = With(uris: [name.ToString()]);
                return NodeName.TryParse(name.ToString(), out var read) && read == name && NodeName.Of(certificate) == name;
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Theory]
    [InlineData("")]
    [InlineData("p2pnode://")]
    [InlineData($"p2pnode://{Network}/node/")]
    [InlineData($"p2pnode://{Network}/node/0")]
    [InlineData($"p2pnode://{Network}/node/-1")]
    [InlineData($"p2pnode://{Network}/node/+1")]
    [InlineData($"p2pnode://{Network}/node/01")]
    [InlineData($"p2pnode://{Network}/node/1 ")]
    [InlineData($"p2pnode://{Network}/node/1/")]
    [InlineData($"p2pnode://{Network}/node/2147483648")]
    [InlineData($"p2pnode://{Network}/node/99999999999999999999")]
    [InlineData($"p2pnode://{Network}/node/١")]
    [InlineData($"p2pnode://{Network}x/node/1")]
    [InlineData($"P2PNODE://{Network}/node/1")]
    [InlineData("p2pnode://0123456789ABCDEF0123456789ABCDEF/node/1")]
    [InlineData("p2pnode://0123456789abcdef0123456789abcdeg/node/1")]
    [InlineData($"p2pnode://{Network}/peer/1")]
    [InlineData($"p2pnode://{Network}/seed/01")]
    [InlineData($"p2pnode://{Network}/Seed/1")]
    public void No_other_spelling_is_read(string text)
    {
        Assert.False(NodeName.TryParse(text, out _));

        using var certificate = With(uris: Uri.TryCreate(text, UriKind.Absolute, out _) ? [text] : []);
        var canonical = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Any(_ => new Uri(text).AbsoluteUri != text);
        Assert.True(canonical || NodeName.Of(certificate) is null);
    }

    [Fact]
    public void A_certificate_with_any_other_name_beside_it_names_no_node()
    {
        var name = new NodeName(Network, new NodeId(1)).ToString();
        using var twice = With([name, name]);
        using var second = With([name, $"p2pnode://{Network}/node/2"]);
        using var host = With([name], host: "example.org");
        using var none = With([]);

        Assert.All([twice, second, host, none], certificate => Assert.Null(NodeName.Of(certificate)));
    }

    private static X509Certificate2 With(string[] uris, string? host = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var uri in uris)
            names.AddUri(new Uri(uri));
        if (host is not null)
            names.AddDnsName(host);
        if (uris.Length > 0 || host is not null)
            request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
