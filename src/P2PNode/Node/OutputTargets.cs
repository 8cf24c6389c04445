using P2PNode.Files;

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

    /// <summary>Makes sure that nothing is written to where this node, or another on this machine, keeps what is its own.</summary>
    /// <param name="root">The node's folder.</param>
    /// <param name="request">Says where to write.</param>
    /// <param name="wanted">What is to be written; none while that is not known yet.</param>
    /// <exception cref="GetException">Something would be.</exception>
    public static void Spare(string root, GetRequest request, IReadOnlyList<WantedFile> wanted)
    {
        if (request.Output is not { } output)
            return;
        var (top, place) = (WithoutLinks(root), WithoutLinks(output));
        string[] below = ["", .. request.OutputIsFolder ? wanted.Select(file => file.Below) : []];
        if (Array.Find(below, path => IsReserved(top, Path.Combine(place, path)) || IsReservedByAnother(Path.Combine(place, path))) is { } reserved)
            throw new GetException(GetFault.Usage, $"{Path.Combine(output, reserved)} is a place that a node keeps for itself: name another with -o.");
    }

    private static bool IsReserved(string root, string target)
    {
        var relative = Path.GetRelativePath(root, target).Replace(Path.DirectorySeparatorChar, '/');
        return Scanner.IsReserved(OperatingSystem.IsLinux() ? relative : relative.ToLowerInvariant());
    }

    private static bool IsReservedByAnother(string target)
    {
        for (var folder = Path.GetDirectoryName(target); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (IsOfNode(folder) && IsReserved(folder, target))
                return true;
        }

        return false;
    }

    private static bool IsOfNode(string folder)
    {
        try
        {
            return NodeFolder.IsOfNode(folder);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return false; // What cannot be looked at cannot be written to either.
        }
    }

    /// <summary>Where a path leads, as far as that can be told.</summary>
    private static string WithoutLinks(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        var here = new DirectoryInfo(Path.Combine(WithoutLinks(parent), Path.GetFileName(path)));
        try
        {
            return here.LinkTarget is null ? here.FullName : here.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here.FullName;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return here.FullName;
        }
    }

    /// <summary>The place of a file; null where it is not wanted elsewhere.</summary>
    /// <exception cref="IOException">It would lie outside of the folder that was named.</exception>
    public static OutputPlace? Of(GetRequest request, WantedFile file)
    {
        if (request.Output is not { } output)
            return null;
        if (!request.OutputIsFolder)
            return OutputPlace.Of(Path.GetFullPath(output));
        var folder = Path.GetFullPath(output);
        var target = Path.GetFullPath(Path.Combine(folder, file.Below));
        var top = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return target.Length > top.Length && target.StartsWith(top, StringComparison.Ordinal)
            ? new OutputPlace(folder, file.Below)
            : throw new IOException($"its path leads out of {folder}");
    }

    private static string NameOf(WantedFile file) => TransferBoard.NameOf(file.Row.Owner, file.Row.Entry.Path);
}
