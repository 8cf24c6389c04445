using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>What somebody says who wants to join, or to renew its certificate, to a node that holds the CA.</summary>
internal sealed class JoinRequestTarget : WireTarget<JoinRequest>
{
    private readonly SampleFolder _home = new();
    private readonly NetworkFolder _folder;
    private readonly NodeIdentity _self;
    private readonly Revocations _revocations;

    /// <summary>Those whom the CA knows: each may be certified as one node, by what its request holds.</summary>
    private readonly List<(byte[] PublicKey, JoinRequest Request)> _known = [];

    public JoinRequestTarget()
        : base(FrameType.JoinRequest, JoinRequest.Parser)
    {
        _folder = new NetworkFolder(_home.Path);
        using var authority = _folder.LoadOrCreate(local: false, TimeProvider.System).Authority;
        using var key = SampleNetwork.NewKey();
        using var certificate = authority.Issue(new NodeId(1), new PublicKey(key), TimeProvider.System);
        _self = NodeIdentity.From(key, certificate, authority.Certificate);
        _revocations = new Revocations(_self, IdentityFolder.OfNode(_home["NODE1"]), _folder, Logger.None);
        for (var id = 2; id <= 5; id++)
            _known.Add(id < 4 ? Invited(id) : Renewing(id, authority));
    }

    public override byte[] Sample(Random random)
    {
        if (random.Next(8) == 0)
            return base.Sample(random);
        var request = _known[random.Next(_known.Count)].Request.Clone();
        request.Request = Spoilt(request.Request, random);
        request.Proof = Spoilt(request.Proof, random);
        request.Certificate = Spoilt(request.Certificate, random);
        if (random.Next(8) == 0)
            request.NodeId = random.Next(-1, 7);
        return request.ToByteArray();
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation or PeerFault.Rejected };

    protected override void Take(JoinRequest message) => throw new NotSupportedException("The frame is taken.");

    protected override void Take(Frame frame)
    {
        var said = new byte[WireLimits.HeadBytes + frame.Payload.Length];
        FrameWriter.WriteHead(said, frame.Type, frame.Payload.Length);
        frame.Payload.CopyTo(said.AsMemory(WireLimits.HeadBytes));
        using var wire = new SaidAndHeard(said);

        // A new one each time, as one address may try only so often.
        var server = new JoinServer(() => _self, _folder, _revocations, TimeProvider.System, Logger.None);
        var serving = server.ServeAsync(new Connection(wire, remote: null, TimeProvider.System), IPAddress.Loopback, CancellationToken.None);
        if (!serving.IsCompleted)
            throw new InvalidOperationException("It waits though all bytes are there.");
        serving.GetAwaiter().GetResult();
        CheckAnswer(wire.Heard);
    }

    protected override void Dispose(bool disposing)
    {
        _home.Dispose();
        base.Dispose(disposing);
    }

    private (byte[] PublicKey, JoinRequest Request) Invited(int id)
    {
        using var key = SampleNetwork.NewKey();
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var inviting = new AuthorityOffice(_folder, TimeProvider.System).InviteAsync(new NodeId(id), TimeSpan.FromDays(1), CancellationToken.None);
        var proof = inviting.GetAwaiter().GetResult().Token.Prove(publicKey);
        return (publicKey, new JoinRequest { NodeId = id, Request = SigningRequest(key), Proof = ByteString.CopyFrom(proof) });
    }

    private static (byte[] PublicKey, JoinRequest Request) Renewing(int id, NetworkAuthority authority)
    {
        using var key = SampleNetwork.NewKey();
        using var certificate = authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System);
        return (key.ExportSubjectPublicKeyInfo(), new JoinRequest { NodeId = id, Request = SigningRequest(key), Certificate = ByteString.CopyFrom(certificate.RawData) });
    }

    private static ByteString SigningRequest(ECDsa key) =>
        ByteString.CopyFrom(new CertificateRequest("CN=fuzz", key, HashAlgorithmName.SHA256).CreateSigningRequest());

    private static ByteString Spoilt(ByteString bytes, Random random) => ByteString.CopyFrom(Mutator.MutateNowAndThen(bytes.ToByteArray(), random));

    /// <summary>Whoever was certified is one of those who may be, as the node that it may be.</summary>
    private void CheckAnswer(byte[] heard)
    {
        using var reader = new FrameReader(new MemoryStream(heard), TimeProvider.System, CancellationToken.None);
        Next().Dispose(); // The offer.
        using var frame = Next();
        using var certificate = X509CertificateLoader.LoadCertificate(frame.Parse(JoinAnswer.Parser).Certificate.Span);
        var publicKey = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        if (!_known.Exists(one => one.PublicKey.AsSpan().SequenceEqual(publicKey) && one.Request.NodeId == NodeName.Of(certificate)?.Id.Value))
            throw new InvalidOperationException($"Somebody was certified as {NodeName.Of(certificate)}.");

        Frame Next() => reader.ReadAsync(WireLimits.ControlBytes, WireLimits.Hello).AsTask().GetAwaiter().GetResult()!.Value;
    }
}
