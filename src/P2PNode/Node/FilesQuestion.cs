using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>The answer to one question as far as it has come. Parts come one after another.</summary>
/// <param name="query">What was asked for; only files that it means may come.</param>
internal sealed class FilesQuestion(FileQuery query)
{
    /// <summary>Parts without rows that may come first, each of which says that the answer is under way.</summary>
    private const int MostSigns = 600;

    private readonly TaskCompletionSource<(FoundFiles, Completeness)?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<FileRow> _rows = [];
    private int _parts;
    private int _signs;

    /// <summary>Null where nobody answers who leads.</summary>
    public Task<(FoundFiles Files, Completeness Listings)?> Answer => _answer.Task;

    /// <summary>How many parts have come.</summary>
    public int Parts => Volatile.Read(ref _parts);

    public void GiveUp() => _answer.TrySetResult(null);

    /// <exception cref="PeerException">No correct leader answers so.</exception>
    public void Take(Wire.FilesAnswer part)
    {
        if (part.NotLeader)
        {
            GiveUp();
            return;
        }

        if (part.Rows.Count > query.Limit - _rows.Count)
            throw PeerException.Violation($"it answers with more than the {query.Limit} files that were asked for");
        if (part.More && part.Rows.Count == 0 && (_rows.Count > 0 || ++_signs > MostSigns))
            throw PeerException.Violation("it answers with nothing, and says that there is more");
        Interlocked.Increment(ref _parts);
        _rows.AddRange(part.Rows.Select(ToRow));
        if (part.More)
            return;
        if (part.Found < _rows.Count || part.ListingsComplete < 0 || part.ListingsExpected < part.ListingsComplete)
            throw PeerException.Violation("it counts what it answers in a way that cannot be");
        _answer.TrySetResult((new FoundFiles([.. _rows], part.Found), new Completeness(part.ListingsComplete, part.ListingsExpected)));
    }

    private FileRow ToRow(Wire.Row wire)
    {
        var row = FilesMapping.FromWire(wire);
        return query.Covers(row.Owner) && query.Matches(row.Entry)
            ? row
            : throw PeerException.Violation("it answers with a file that was not asked for");
    }
}
