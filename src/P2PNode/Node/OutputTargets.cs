namespace P2PNode.Node;

/// <summary>Where the files of one request are written to, apart from where copies lie.</summary>
internal static class OutputTargets
{
    private static readonly StringComparer Names = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>Makes sure that each file has a place of its own.</summary>
    /// <exception cref="GetException">Two would be written to one place.</exception>
    public static void Check(GetRequest request, IReadOnlyList<WantedFile> wanted)
    {
        if (request.Output is null || wanted.Count <= 1)
            return;
        if (!request.OutputIsFolder)
            throw new GetException(GetFault.Usage, $"These are {wanted.Count} files: give a folder to write them to, with a '/' at its end.");
        var places = new Dictionary<string, WantedFile>(Names);
        foreach (var file in wanted)
        {
            if (!places.TryAdd(file.Below, file))
                throw new GetException(GetFault.Usage, $"{NameOf(places[file.Below])} and {NameOf(file)} would both be written to {Path.Combine(request.Output, file.Below)}: fetch them one by one.");
        }
    }

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

    private static string NameOf(WantedFile file) => TransferBoard.NameOf(file.Row.Owner, file.Row.Entry.Path);
}
