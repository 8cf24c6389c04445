using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Security;

namespace P2PNode.Fuzz.Targets;

/// <summary>Certificates as peers show them in TLS, judged as TLS has them judged: issued by the CA or by somebody else, to nodes and to what is none.</summary>
internal sealed class CertificateTarget : FuzzTarget
{
    private const int Samples = 64;
    private const string SubjectAlternativeName = "2.5.29.17";

    private readonly SampleNetwork _network = new();
    private readonly SampleNetwork _other = new();
    private readonly NodeIdentity _self;
    private readonly List<byte[]> _certificates = [];

    public CertificateTarget()
    {
        _self = _network.Identity(1);
        var random = new Random(1);
        using var key = SampleNetwork.NewKey();
        while (_certificates.Count < Samples)
        {
            var by = random.Next(4) == 0 ? _other : _network;
            using var certificate = random.Next(2) == 0 ? by.Issue(random.Next(2, 9), key) : OddlyNamed(key, by.Authority, random);
            _certificates.Add(certificate.RawData);
        }
    }

    public override string Name => "certificate";

    public override long MostBytes => 2 << 20;

    public override byte[] Sample(Random random) => _certificates[random.Next(Samples)];

    public override void Take(byte[] input)
    {
        using var shown = X509CertificateLoader.LoadCertificate(input);
        using var chain = new X509Chain { ChainPolicy = NodeIdentity.ChainPolicy(_self.Authority, TimeProvider.System.GetUtcNow().UtcDateTime, forServer: false) };
        var errors = chain.Build(shown) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        var judge = new CertificateJudge(_self, TimeProvider.System);
        if (!judge.Take(this, shown, chain, errors))
            throw new CryptographicException(judge.Objection);
        if (judge.Peer is not { Id.Value: >= 2 and < 9 } peer || peer.Network != _network.Name)
            throw new InvalidOperationException($"{judge.Peer} was taken.");
    }

    /// <summary>What TLS makes a failed handshake of.</summary>
    public override bool Expects(Exception e) => e is CryptographicException;

    protected override void Dispose(bool disposing)
    {
        _network.Dispose();
        _other.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Signed for a good name that was spoilt, or for another kind of name.</summary>
    private X509Certificate2 OddlyNamed(ECDsa key, NetworkAuthority by, Random random)
    {
        var request = new CertificateRequest("CN=fuzz", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: random.Next(4) == 0, hasPathLengthConstraint: false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri($"p2pnode://{_network.Name}/node/99"));
        if (random.Next(3) == 0)
            names.AddDnsName("host");
        var good = names.Build().RawData;
        request.CertificateExtensions.Add(new X509Extension(SubjectAlternativeName, Mutator.Mutate(good, () => good, random), critical: false));
        var now = TimeProvider.System.GetUtcNow();
        var serial = new byte[random.Next(1, 20)];
        random.NextBytes(serial);
        serial[0] = (byte)(serial[0] & 0x7F | 1);
        using var signing = KeyOf(by);
        return request.Create(by.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(signing), now.AddHours(-1), now.AddDays(random.Next(1, 9)), serial);
    }

    private static ECDsa KeyOf(NetworkAuthority authority)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(authority.ExportKey());
        return key;
    }
}
