using P2PNode.Core.Election;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>Hands each frame of a link to the part that it is meant for.</summary>
internal sealed class FrameRouter(MemberParts members, CatalogueParts catalogue, DuplicateWatch duplicates)
{
    /// <exception cref="PeerException">The peer sent what no correct peer sends.</exception>
    public async ValueTask TakeAsync(Link link, Frame frame)
    {
        var stop = link.Closing;
        switch (frame.Type)
        {
            case FrameType.Election:
                var message = ElectionMapping.Read(frame);
                await members.Election.PostAsync(link, new Received(link.Peer.Id, message), stop);
                break;
            case FrameType.Overlay or FrameType.MemberNews or FrameType.Rumour:
                members.Overlay.Take(link, OverlayMapping.Read(frame, link.Teller));
                break;
            case FrameType.Revoked:
                members.Revocations.Take(frame.Parse(Wire.Revoked.Parser));
                break;
            case FrameType.Duplicate:
                duplicates.Take(link.Peer.Id, frame.Parse(Wire.Duplicate.Parser));
                break;
            case FrameType.ListingRequest:
                var request = frame.Parse(Wire.ListingRequest.Parser);
                catalogue.Listings.Start(link, CatalogueMapping.Node(request.Owner), CatalogueMapping.FromWire(request.Position));
                break;
            case FrameType.ListingBatch:
                await catalogue.Sync.TakeAsync(link, frame.Parse(Wire.ListingBatch.Parser), stop);
                break;
            case FrameType.Roster:
                await catalogue.RosterFeed.TakeAsync(link, frame.Parse(Wire.Roster.Parser), stop);
                break;
            case FrameType.Holdings:
                catalogue.Holdings.Take(link.Peer.Id, frame.Parse(Wire.Holdings.Parser));
                break;
            case FrameType.FilesQuery:
                catalogue.Answers.Answer(link, frame.Parse(Wire.FilesQuery.Parser));
                break;
            case FrameType.FilesAnswer:
                catalogue.Queries.Take(link, frame.Parse(Wire.FilesAnswer.Parser));
                break;
            case FrameType.CustodyRequest:
                catalogue.Custody.Take(link, frame.Parse(Wire.CustodyRequest.Parser));
                break;
            case FrameType.CustodyAnswer:
                catalogue.CustodyQuestions.Take(link, frame.Parse(Wire.CustodyAnswer.Parser));
                break;
            default:
                throw PeerException.Violation($"a {frame.Type} frame came on a control link");
        }
    }
}
