namespace P2PNode.Core.Catalogue;

/// <summary>What must hold for a single entry, wherever it comes from.</summary>
internal static class EntryRules
{
    /// <summary>What is wrong with the entry, or null.</summary>
    public static string? FaultOf(FileEntry entry)
    {
        if (entry.Kind is not (EntryKind.File or EntryKind.EmptyFolder or EntryKind.Removed))
            return $"'{entry.Path}' is of the unknown kind {(int)entry.Kind}";
        if (entry.Size < 0)
            return $"'{entry.Path}' has the negative size {entry.Size}";
        if (entry.MtimeTicks < 0 || entry.MtimeTicks > DateTime.MaxValue.Ticks)
            return $"'{entry.Path}' has a time outside the years 1 to 9999";
        if (entry.Seq < 1)
            return $"'{entry.Path}' has the number {entry.Seq}; numbers start at 1";
        if (entry.Kind != EntryKind.File && (entry.Size != 0 || entry.Executable || entry.Root != default))
            return $"'{entry.Path}' is no file, yet has a size, a root or the executable bit";
        return null;
    }
}
