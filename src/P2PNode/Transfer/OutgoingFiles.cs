using P2PNode.Core;

namespace P2PNode.Transfer;

/// <summary>A large file on its way to another node, and how much of it went there.</summary>
internal sealed record OutgoingFile(NodeId To, NodeId Owner, FilePath Path, long Size, long Done);

/// <summary>
/// The large files that this node gives to others, each once for each node, over however many links. Smaller ones are gone
/// before one could look. Thread-safe.
/// </summary>
internal sealed class OutgoingFiles(TimeProvider clock)
{
    /// <summary>Whoever has not asked for any more of a file for so long has it, or does without.</summary>
    private static readonly TimeSpan ShownFor = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock = clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<(NodeId To, NodeId Owner, FilePath Path), Given> _given = [];

    /// <summary>A range is being answered until what is returned is disposed; null where its file is not shown.</summary>
    public Answer? Begin(NodeId to, in AskedRange range)
    {
        if (range.Size < PieceLayer.LargeFrom)
            return null;
        var key = (to, range.Owner, range.Path);
        lock (_gate)
        {
            if (!_given.TryGetValue(key, out var given) || given.Size != range.Size)
                _given[key] = given = new Given { Size = range.Size };
            given.Answers++;
            return new Answer(this, given);
        }
    }

    public IReadOnlyList<OutgoingFile> Show()
    {
        lock (_gate)
        {
            foreach (var (key, given) in _given)
            {
                if (given.Answers == 0 && (given.Done == given.Size || _clock.GetElapsedTime(given.Last) > ShownFor))
                    _given.Remove(key);
            }

            return [.. _given.Select(pair => new OutgoingFile(pair.Key.To, pair.Key.Owner, pair.Key.Path, pair.Value.Size, pair.Value.Done))];
        }
    }

    /// <summary>One range that is being answered.</summary>
    public sealed class Answer : IDisposable
    {
        private readonly OutgoingFiles _files;
        private readonly Given _given;

        internal Answer(OutgoingFiles files, Given given) => (_files, _given) = (files, given);

        /// <summary>So many bytes went, or as many zeros were told of.</summary>
        public void Went(long bytes)
        {
            lock (_files._gate)
                _given.Done = Math.Min(_given.Size, _given.Done + bytes); // The last pieces may be asked for twice.
        }

        public void Dispose()
        {
            lock (_files._gate)
            {
                _given.Answers--;
                _given.Last = _files._clock.GetTimestamp();
            }
        }
    }

    /// <summary>What went of one file to one node.</summary>
    internal sealed class Given
    {
        public required long Size { get; init; }

        public long Done { get; set; }

        /// <summary>How many ranges of it are being answered.</summary>
        public int Answers { get; set; }

        /// <summary>When the last answer ended, as a timestamp.</summary>
        public long Last { get; set; }
    }
}
