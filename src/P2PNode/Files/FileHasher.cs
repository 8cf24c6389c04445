using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>How the reading of a file ended.</summary>
public enum HashOutcome
{
    Done,

    /// <summary>The file changed while it was read, or since it was looked at.</summary>
    Changed,

    Missing,
    Unreadable,
}

/// <param name="Outcome">Only <see cref="HashOutcome.Done"/> comes with a root.</param>
/// <param name="Root">The content at the time of the stamp that was asked for.</param>
/// <param name="Reason">Why it was unreadable.</param>
public readonly record struct HashResult(HashOutcome Outcome, ContentRoot Root = default, string? Reason = null);

/// <summary>Hashes files that may change under its hands. One instance for each thread.</summary>
/// <param name="files">Where the files are.</param>
/// <param name="layers">Where the piece layers of large ones are kept, if they are.</param>
internal sealed class FileHasher(BeneathFolder files, PieceLayers? layers = null)
{
    private readonly ContentReader _reader = new();

    /// <summary>Reads the whole file and makes sure that it had this stamp before and after.</summary>
    public HashResult Hash(string relative, in FileStamp stamp, CancellationToken stop)
    {
        try
        {
            using var file = files.OpenRead(relative);
            if (file.Stamp != stamp)
                return new(HashOutcome.Changed);
            var keepsLayer = layers is not null && stamp.Size >= PieceLayer.LargeFrom;
            var root = _reader.Read(file.Handle, stamp.Size, keepsLayer, stop);

            // Asked by its path: another file may have been put in the place of the one that was read.
            if (root is not { } read || files.StampOf(relative) != stamp)
                return new(HashOutcome.Changed);
            if (keepsLayer)
                layers!.Keep(read, _reader.Layer);
            return new(HashOutcome.Done, read);
        }
        catch (FileNotFoundException)
        {
            return new(HashOutcome.Missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(HashOutcome.Unreadable, Reason: e.Message);
        }
    }
}
