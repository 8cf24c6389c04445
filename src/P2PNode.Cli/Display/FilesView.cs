using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Shows a person the files of the network.</summary>
internal static class FilesView
{
    public static void Write(IReadOnlyList<FileReport> files, Screen screen) => screen.Table(
        [">Owner", "Path", ">Size", "Changed", "Held by"],
        files.Select(file => new[]
        {
            file.Peer.ToString(),
            file.Path,
            Words.Size(file.Size),
            Words.Time(file.Mtime, screen.Clock),
            Words.Ids(file.Holders.Select(holder => holder.Id)),
        }));

    /// <summary>Says that files may be missing from an answer; null where it is whole.</summary>
    public static string? Incomplete(FilesReport answer) => answer.Listings is var (complete, expected) && complete < expected
        ? $"Files may be missing: {complete} of {expected} listings are complete."
        : null;
}
