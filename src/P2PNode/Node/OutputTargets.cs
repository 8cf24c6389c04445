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
        var (top, place) = (WithoutLinks(root), WithoutLinks(Path.GetFullPath(output)));
        string[] below = ["", .. request.OutputIsFolder ? wanted.Select(file => file.Below) : []];
        if (Array.Find(below, path => IsReserved(top, Path.Combine(place, path)) || IsReservedByAnother(Path.Combine(place, path))) is { } reserved)
            throw new GetException(GetFault.Usage, $"{Path.Combine(output, reserved)} is a place that a node keeps for itself: name another with -o.");
    }

    private static bool IsReserved(string root, string target) =>
        Scanner.IsReserved(AsReserved(Path.GetRelativePath(root, target).Replace(Path.DirectorySeparatorChar, '/')));

    /// <summary>Only what has a reserved name is looked at: a path may have thousands of folders.</summary>
    private static bool IsReservedByAnother(string target)
    {
        var below = AsReserved(target).AsSpan();
        while (Path.GetDirectoryName(below) is { IsEmpty: false } folder)
        {
            if (Scanner.IsReserved(Path.GetFileName(below)) && IsOfNode(target[..folder.Length]))
                return true;
            below = folder;
        }

        return false;
    }

    /// <summary>In the case of the reserved names, where the file system does not care.</summary>
    private static string AsReserved(string path) => OperatingSystem.IsLinux() ? path : path.ToLowerInvariant();

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

    /// <summary>Where a path leads, as far as that can be told. Below what is not there yet nothing is looked at.</summary>
    private static string WithoutLinks(string path)
    {
        var here = Path.GetPathRoot(path)!;
        var names = path[here.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < names.Length; i++)
        {
            if (!Path.Exists(here))
                return Path.Combine([here, .. names[i..]]);
            here = Target(Path.Combine(here, names[i]));
        }

        return here;
    }

    private static string Target(string path)
    {
        try
        {
            return new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return path;
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
