using System.Collections.Immutable;
using P2PNode.Core.Catalogue;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Protocol;

/// <summary>How much of a leaving node's listing another one has.</summary>
/// <param name="Epoch">The leadership under which it says so.</param>
/// <param name="MissingFiles">What it knows of and does not have yet.</param>
/// <param name="MissingBytes">Their size.</param>
/// <param name="Digest">The digest of those entries that it has, durably; null while files are missing.</param>
/// <param name="Reasons">Why files are not had yet, and how many; the most frequent first.</param>
internal sealed record CustodyWord(
    long Epoch, int MissingFiles, long MissingBytes, ListingDigest? Digest, ImmutableArray<(string Reason, int Files)> Reasons);

/// <summary>What is said between a node that leaves and who takes its files over, as messages of the wire.</summary>
internal static class CustodyMapping
{
    /// <summary>So many reasons are told.</summary>
    public const int MostReasons = 4;

    /// <summary>In characters; a reason is a sentence for people.</summary>
    public const int LongestReason = 256;

    public static Wire.CustodyAnswer ToWire(long number, CustodyWord word)
    {
        var wire = new Wire.CustodyAnswer
        {
            Number = number,
            Epoch = word.Epoch,
            MissingFiles = word.MissingFiles,
            MissingBytes = word.MissingBytes,
        };
        if (word.Digest is { } digest)
            wire.Digest = CatalogueMapping.Bytes(digest);
        wire.Reasons.AddRange(word.Reasons.Take(MostReasons).Select(reason => new Wire.CustodyReason
        {
            Reason = reason.Reason.Length <= LongestReason ? reason.Reason : reason.Reason[..LongestReason],
            Files = reason.Files,
        }));
        return wire;
    }

    /// <exception cref="PeerException">No correct peer asks this.</exception>
    public static (long Number, long Epoch) FromWire(Wire.CustodyRequest request) => request is { Number: >= 0, Epoch: >= 0 }
        ? (request.Number, request.Epoch)
        : throw PeerException.Violation("it asks for custody by a number that cannot be");

    /// <exception cref="PeerException">No correct peer answers so.</exception>
    public static CustodyWord FromWire(Wire.CustodyAnswer answer)
    {
        if (answer.Epoch < 0 || answer.MissingFiles < 0 || answer.MissingBytes < 0)
            throw PeerException.Violation("it says of its custody a number that cannot be");
        if (answer.Reasons.Count > MostReasons || answer.Reasons.Any(reason => reason.Files < 0 || reason.Reason.Length > LongestReason))
            throw PeerException.Violation("it gives reasons for files that it lacks which cannot be");
        return new CustodyWord(
            answer.Epoch,
            answer.MissingFiles,
            answer.MissingBytes,
            answer.Digest.IsEmpty ? null : CatalogueMapping.Digest(answer.Digest),
            [.. answer.Reasons.Select(reason => (reason.Reason, reason.Files))]);
    }
}
