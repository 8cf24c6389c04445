using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text;
using Google.Protobuf;
using P2PNode.Core.Membership;
using Body = P2PNode.Protocol.Messages.OverlayFrame.BodyOneofCase;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Protocol;

/// <summary>Messages of the overlay as records of the core and as frames of the wire.</summary>
internal static class OverlayMapping
{
    /// <summary>More than a node has neighbours, whatever it is set to.</summary>
    private const int MostNeighbours = 2_000;

    public static (FrameType Type, IMessage Message) ToWire(OverlayMessage message) => message switch
    {
        MemberNews news => (FrameType.MemberNews, News(news.Members, Wire.ShuffleStep.None)),
        Shuffle shuffle => (FrameType.MemberNews, News(shuffle.Members, shuffle.IsAnswer ? Wire.ShuffleStep.Answer : Wire.ShuffleStep.Offer)),
        Rumour rumour => (FrameType.Rumour, new Wire.Rumour
        {
            Id = ToWire(rumour.Id),
            AgeMs = (long)rumour.Age.TotalMilliseconds,
            Text = rumour.Text,
        }),
        _ => (FrameType.Overlay, Frame(message)),
    };

    /// <param name="frame">What came.</param>
    /// <param name="teller">Where who sent it is seen.</param>
    /// <exception cref="PeerException">No node may say this.</exception>
    public static OverlayMessage Read(Frame frame, IPAddress? teller) => frame.Type switch
    {
        FrameType.MemberNews => FromWire(frame.Parse(Wire.MemberNews.Parser), teller),
        FrameType.Rumour => FromWire(frame.Parse(Wire.Rumour.Parser, mostFields: 4)),
        _ => FromWire(frame.Parse(Wire.OverlayFrame.Parser, mostFields: 4)),
    };

    private static Wire.OverlayFrame Frame(OverlayMessage message) => message switch
    {
        NeighbourRequest request => new() { NeighbourRequest = new() { Digest = request.Digest } },
        NeighbourAnswer answer => new() { NeighbourAnswer = new() { Digest = answer.Digest } },
        Parted => new() { Parted = new() },
        NeighboursAre told => new() { NeighboursAre = new() { Neighbours = { told.Neighbours.Select(id => id.Value) } } },
        Probe probe => new() { Probe = new() { Digest = probe.Digest } },
        ProbeAnswer answer => new() { ProbeAnswer = new() { Digest = answer.Digest, IsNeighbour = answer.IsNeighbour } },
        WitnessQuestion question => new() { WitnessQuestion = new() { Suspect = question.Suspect.Value, Incarnation = question.Incarnation } },
        WitnessAnswer answer => new()
        {
            WitnessAnswer = new() { Suspect = answer.Suspect.Value, Incarnation = answer.Incarnation, Lives = answer.Lives },
        },
        RumoursKnown known => new() { RumoursKnown = ToWire(known.Ids) },
        RumoursMissed missed => new() { RumoursMissed = ToWire(missed.Ids) },
        _ => throw new UnreachableException($"{message.GetType().Name} has no place on the wire."),
    };

    private static OverlayMessage FromWire(Wire.OverlayFrame frame) => frame.BodyCase switch
    {
        Body.NeighbourRequest => new NeighbourRequest(frame.NeighbourRequest.Digest),
        Body.NeighbourAnswer => new NeighbourAnswer(frame.NeighbourAnswer.Digest),
        Body.Parted => new Parted(),
        Body.NeighboursAre when frame.NeighboursAre.Neighbours.Count <= MostNeighbours =>
            new NeighboursAre([.. frame.NeighboursAre.Neighbours.Select(CatalogueMapping.Node)]),
        Body.Probe => new Probe(frame.Probe.Digest),
        Body.ProbeAnswer => new ProbeAnswer(frame.ProbeAnswer.Digest, frame.ProbeAnswer.IsNeighbour),
        Body.WitnessQuestion when frame.WitnessQuestion.Incarnation >= 0 =>
            new WitnessQuestion(CatalogueMapping.Node(frame.WitnessQuestion.Suspect), frame.WitnessQuestion.Incarnation),
        Body.WitnessAnswer when frame.WitnessAnswer.Incarnation >= 0 =>
            new WitnessAnswer(CatalogueMapping.Node(frame.WitnessAnswer.Suspect), frame.WitnessAnswer.Incarnation, frame.WitnessAnswer.Lives),
        Body.RumoursKnown => new RumoursKnown(FromWire(frame.RumoursKnown)),
        Body.RumoursMissed => new RumoursMissed(FromWire(frame.RumoursMissed)),
        _ => throw PeerException.Violation("an overlay message says nothing that can be"),
    };

    private static OverlayMessage FromWire(Wire.MemberNews wire, IPAddress? teller)
    {
        ImmutableArray<Member> members = [.. wire.Members.Select(member => MemberMapping.FromWire(member, teller))];
        return wire.Shuffle switch
        {
            Wire.ShuffleStep.None => new MemberNews(members),
            Wire.ShuffleStep.Offer => new Shuffle(members, IsAnswer: false),
            Wire.ShuffleStep.Answer => new Shuffle(members, IsAnswer: true),
            _ => throw PeerException.Violation("news of members is of an unknown kind"),
        };
    }

    private static Rumour FromWire(Wire.Rumour wire)
    {
        var seconds = wire.AgeMs / 1000.0;
        if (wire.Id is null || seconds is < 0 or > 1e6 || Encoding.UTF8.GetByteCount(wire.Text) > OverlayOptions.MostTextBytes)
            throw PeerException.Violation("a text that goes round cannot be");
        return new Rumour(FromWire(wire.Id), TimeSpan.FromSeconds(seconds), wire.Text);
    }

    private static Wire.MemberNews News(ImmutableArray<Member> members, Wire.ShuffleStep step) =>
        new() { Members = { members.Select(member => MemberMapping.ToWire(member)) }, Shuffle = step };

    private static Wire.RumourIds ToWire(ImmutableArray<RumourId> ids) => new() { Ids = { ids.Select(ToWire) } };

    private static Wire.RumourId ToWire(RumourId id) => new() { Origin = id.Origin.Value, Life = id.Life, Number = id.Number };

    private static ImmutableArray<RumourId> FromWire(Wire.RumourIds wire) => wire.Ids.Count <= OverlayOptions.MostTextsKept
        ? [.. wire.Ids.Select(FromWire)]
        : throw PeerException.Violation($"it names more than {OverlayOptions.MostTextsKept} texts");

    private static RumourId FromWire(Wire.RumourId wire) => wire is { Life: >= 0, Number: > 0 }
        ? new RumourId(CatalogueMapping.Node(wire.Origin), wire.Life, wire.Number)
        : throw PeerException.Violation("it names a text that cannot be");
}
