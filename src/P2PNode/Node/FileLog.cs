using System.Buffers;
using System.Text.Json;
using P2PNode.Files;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Saves the leader's file log as JSON Lines, one row an entry, whole or not at all. Written soon after a change, and
/// never so often that the writing is what the node does.
/// </summary>
internal sealed class FileLog(NodeFolder folder, NetworkCatalogue catalogue, FileRows rows, ElectionDriver election, TimeProvider clock, ILogger log)
{
    /// <summary>While rows change, at most one thirtieth of a core is spent on saving them.</summary>
    private const int RestForWork = 30;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);

    private static readonly JsonWriterOptions Options = new() { Encoder = NodeQueriesJson.FileRow.Options.Encoder };

    private readonly Signal _due = new();
    private bool _unsaved;

    /// <summary>Rows or what is said of their holders changed.</summary>
    public void Touch() => _due.Set();

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await _due.WaitAsync(stop);
                _unsaved = true;
                await Task.Delay(Gather, clock, stop);
                _due.TryTake();
                var started = clock.GetTimestamp();
                Save();
                _unsaved = false;
                await Task.Delay(RestForWork * clock.GetElapsedTime(started), clock, stop);
            }
        }
        finally
        {
            if (_due.TryTake() || _unsaved)
                Save();
        }
    }

    private void Save()
    {
        if (!election.Now.Leads)
            return;
        catalogue.PrepareSearch(); // Who is asked for files is the leader, and what changed is known.
        try
        {
            AtomicFile.Write(folder.FileLog, Path.Combine(folder.State, "peer_files.new"), WriteRows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.FileLogFailed(folder.FileLog, e.Message);
        }
    }

    private void WriteRows(Stream stream)
    {
        // Over a stream each flush of the writer would be a write to the disk.
        var line = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(line, Options);
        foreach (var row in catalogue.Rows)
        {
            JsonSerializer.Serialize(writer, rows.ToReport(rows.WithLivingHolders(row)), NodeQueriesJson.FileRow);
            writer.Flush();
            writer.Reset();
            stream.Write(line.WrittenSpan);
            stream.WriteByte((byte)'\n');
            line.ResetWrittenCount();
        }
    }
}
