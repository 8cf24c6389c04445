namespace P2PNode.Node;

/// <summary>Where the files of one request are written to, apart from where copies lie.</summary>
internal static class OutputTargets
{
    /// <summary>The place of a file; null where it is not wanted elsewhere.</summary>
    /// <exception cref="IOException">It would lie outside of the folder that was named.</exception>
    public static string? Of(GetRequest request, WantedFile file)
    {
        if (request.Output is not { } output || !request.OutputIsFolder)
            return request.Output;
        var folder = Path.GetFullPath(output);
        var target = Path.GetFullPath(Path.Combine(folder, file.Below));
        var top = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return target.Length > top.Length && target.StartsWith(top, StringComparison.Ordinal)
            ? target
            : throw new IOException($"its path leads out of {folder}");
    }
}
