using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// What a node that leaves asks its custodian, and what that one answers. Another custodian, link or leadership begins
/// anew: what was answered before counts no more. Thread-safe; one caller waits.
/// </summary>
internal sealed class CustodyQuestions(LinkTable links, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Signal _answered = new();
    private Conversation? _now;
    private long _number;

    /// <summary>The number of the next question.</summary>
    public long Next
    {
        get
        {
            lock (_gate)
                return _number + 1;
        }
    }

    /// <summary>Whether a node on the other side of a link knows what leaving is.</summary>
    public static bool IsKnownTo(Link link) => link.Peer.Features.HasFlag(PeerFeatures.TakesCustody);

    /// <summary>What a custodian said last, and to which question; null where it said nothing under this leadership.</summary>
    public (CustodyWord? Word, long Answered) WordOf(NodeId? custodian, Epoch epoch)
    {
        lock (_gate)
            return _now is { } now && now.Epoch == epoch && now.Link.Peer.Id == custodian ? (now.Word, now.Answered) : default;
    }

    /// <summary>Asks; false where there is no link to the custodian.</summary>
    /// <exception cref="LeaveException">The custodian is of a version that takes no files over.</exception>
    public bool TryAsk(NodeId custodian, Epoch epoch)
    {
        if (links.Find(custodian) is not { } link)
            return false;
        if (!IsKnownTo(link))
            throw new LeaveException(LeaveFault.Refused, $"Node {custodian} runs an older program that takes no files over; update it, or stop this node with Ctrl-C.");
        Wire.CustodyRequest request;
        lock (_gate)
        {
            request = new Wire.CustodyRequest { Number = ++_number, Epoch = epoch.Value };
            if (_now is not { } now || now.Link != link || now.Epoch != epoch)
                _now = new Conversation(link, epoch, _number);
        }

        _answered.TryTake();
        return link.TrySend(FrameType.CustodyRequest, request);
    }

    /// <summary>A custodian has answered; what nobody waits for any more is dropped.</summary>
    /// <exception cref="PeerException">No correct peer answers so.</exception>
    public void Take(Link link, Wire.CustodyAnswer answer)
    {
        var word = CustodyMapping.FromWire(answer);
        lock (_gate)
        {
            if (_now is not { } now || now.Link != link || answer.Number < now.First || answer.Number > _number)
                return;
            _now = now with { Word = word, Answered = Math.Max(now.Answered, answer.Number) };
        }

        _answered.Set();
    }

    /// <summary>Waits for an answer, but not for ever; false where none came.</summary>
    public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await _answered.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false; // It is asked again.
        }
    }

    /// <summary>What is said with one custodian, over one link and under one leadership.</summary>
    /// <param name="Link">To the custodian.</param>
    /// <param name="Epoch">The leadership.</param>
    /// <param name="First">The number of its first question.</param>
    private sealed record Conversation(Link Link, Epoch Epoch, long First)
    {
        public CustodyWord? Word { get; init; }

        /// <summary>The last question that was answered.</summary>
        public long Answered { get; init; }
    }
}
