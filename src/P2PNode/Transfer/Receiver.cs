using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>
/// Turns the pieces that come over one bulk link into copies that are whole and verified, though not in place yet. A
/// small file is verified in the buffer that it came in; a larger one is hashed as it is written. Not thread-safe.
/// </summary>
internal sealed class Receiver(NodeId owner, FetchPlan plan, CopyStore store, TimeProvider clock, long started) : IDisposable
{
    private readonly Dictionary<FileEntry, Partly> _partly = new(ReferenceEqualityComparer.Instance);

    /// <summary>Copies that wait to be put in place; the taker clears it.</summary>
    public List<IncomingCopy> Whole { get; } = [];

    /// <summary>Files that could not be had, and why, where that is news; the taker clears it.</summary>
    public List<(FileEntry File, string Reason)> Failed { get; } = [];

    /// <summary>A file of several pieces, as far as it has come.</summary>
    private sealed class Partly(IncomingCopy copy)
    {
        public IncomingCopy Copy { get; } = copy;

        public long Length { get; set; }
    }

    /// <summary>Takes all pieces of a parcel.</summary>
    /// <exception cref="PeerException">The holder sent what was not asked for.</exception>
    public void Take(Frame parcel)
    {
        var pieces = new ParcelReader(parcel.Payload.Span);
        while (pieces.TryTake(out var tag, out var status, out var bytes))
        {
            var range = plan.Find(tag) ?? throw PeerException.Violation($"it answers a range {tag} that was not asked for");
            var wanted = plan.IsWanted(range);
            if (status is not PieceStatus.More)
                plan.Answered(range);
            if (wanted)
                Take(range, status, bytes);
            else
                Drop(range.Entry);
        }
    }

    /// <summary>The link is gone: what came in part is given up.</summary>
    public void Dispose()
    {
        foreach (var partly in _partly.Values)
            partly.Copy.Dispose();
        _partly.Clear();
    }

    private void Take(FetchRange range, PieceStatus status, ReadOnlySpan<byte> bytes)
    {
        try
        {
            switch (status)
            {
                case PieceStatus.Changed:
                    Fail(range.Entry, "it changed while it was read");
                    break;
                case PieceStatus.Unreadable:
                    Fail(range.Entry, "the holder cannot read it");
                    break;
                case PieceStatus.Last when range.IsFirst && range.IsLast && bytes.Length == range.Length && !_partly.ContainsKey(range.Entry):
                    Whole.Add(store.WriteSmall(owner, range.Entry, bytes));
                    break;
                default:
                    TakePart(range, status, bytes);
                    break;
            }
        }
        catch (CopyException e)
        {
            Fail(range.Entry, e.Message);
        }
    }

    /// <summary>Pieces of a file come in order, as its ranges are asked for in order over one link.</summary>
    private void TakePart(FetchRange range, PieceStatus status, ReadOnlySpan<byte> bytes)
    {
        if (!_partly.TryGetValue(range.Entry, out var partly))
            _partly.Add(range.Entry, partly = new Partly(store.Receive(owner, range.Entry)));
        var left = range.Offset + range.Length - partly.Length;
        if (bytes.Length > left || (status is PieceStatus.Last && bytes.Length < left))
            throw PeerException.Violation($"it sends other than the {range.Length} bytes that were asked for");

        partly.Copy.Append(bytes);
        partly.Length += bytes.Length;
        if (status is not PieceStatus.Last || !range.IsLast)
            return;
        partly.Copy.Finish();
        _partly.Remove(range.Entry);
        Whole.Add(partly.Copy);
    }

    private void Fail(FileEntry file, string reason)
    {
        Drop(file);
        if (plan.Failed(file, reason, clock.GetElapsedTime(started)))
            Failed.Add((file, reason));
    }

    private void Drop(FileEntry file)
    {
        if (_partly.Remove(file, out var partly))
            partly.Copy.Dispose();
    }
}
