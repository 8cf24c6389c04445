using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Node;

/// <summary>What is on its way to this node, for whoever wants to see it. Thread-safe.</summary>
internal sealed class TransferBoard(NodeId self, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<Transfer> _transfers = [];

    /// <summary>A row for each link over which something comes, in the order in which they began.</summary>
    public ImmutableArray<TransferReport> Show()
    {
        lock (_gate)
            return [.. _transfers.Select(transfer => transfer.Show(self)).OfType<TransferReport>()];
    }

    /// <summary>Files of an owner begin to come from a node; dispose what is returned when that ends.</summary>
    public Transfer Begin(NodeId owner, NodeId from)
    {
        var transfer = new Transfer(this, owner, from, clock);
        lock (_gate)
            _transfers.Add(transfer);
        return transfer;
    }

    private void End(Transfer transfer)
    {
        lock (_gate)
            _transfers.Remove(transfer);
    }

    /// <summary>What comes over one link: the file that last had bytes, and how fast they come.</summary>
    internal sealed class Transfer(TransferBoard board, NodeId owner, NodeId from, TimeProvider clock) : IDisposable
    {
        /// <summary>The rate is taken anew so often; each time the latest counts as much as all before.</summary>
        private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(500);

        private readonly Lock _gate = new();
        private FileEntry? _file;
        private long _done;
        private long _bytesOfSample;
        private long _sampleBegan = clock.GetTimestamp();
        private double _rate;

        /// <summary>All bytes that came.</summary>
        public long Bytes { get; private set; }

        /// <summary>Bytes of a file came; those of one file come one after another.</summary>
        public void Take(FileEntry file, long bytes)
        {
            lock (_gate)
            {
                _done = ReferenceEquals(file, _file) ? _done + bytes : bytes;
                _file = file;
                Bytes += bytes;
                _bytesOfSample += bytes;
                Measure();
            }
        }

        public TransferReport? Show(NodeId to)
        {
            lock (_gate)
            {
                Measure();
                return _file is null ? null : new TransferReport($"NODE{owner}/{_file.Path}", from, to, _done, _file.Size, (long)_rate);
            }
        }

        public void Dispose() => board.End(this);

        private void Measure()
        {
            var time = clock.GetElapsedTime(_sampleBegan);
            if (time < Sample)
                return;
            var latest = _bytesOfSample / time.TotalSeconds;
            _rate = _rate == 0 ? latest : (_rate + latest) / 2;
            (_bytesOfSample, _sampleBegan) = (0, clock.GetTimestamp());
        }
    }
}
