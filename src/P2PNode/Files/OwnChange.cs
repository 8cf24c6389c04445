using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>A difference between the own space and the listing, ready to be numbered.</summary>
/// <param name="Path">Where.</param>
/// <param name="Kind">What is there now; <see cref="EntryKind.Removed"/> for nothing.</param>
/// <param name="Stamp">Under which stamp the content was read.</param>
/// <param name="Root">The content.</param>
public readonly record struct OwnChange(FilePath Path, EntryKind Kind, FileStamp Stamp = default, ContentRoot Root = default)
{
    /// <summary>Numbers this change; null if the listing says so already.</summary>
    internal FileEntry? ApplyTo(Listing listing) => Kind switch
    {
        EntryKind.File => listing.Put(Path, Kind, Stamp.Size, Stamp.MtimeTicks, Stamp.Executable, Root),
        EntryKind.Removed => listing.Remove(Path),
        _ => listing.Put(Path, Kind, size: 0, mtimeTicks: 0, executable: false, root: default),
    };
}

/// <summary>What happened to the own space, numbered and kept: ready to be published as it is.</summary>
/// <param name="Entries">In ascending order of their numbers; after each of them they are a list. May be empty when a scan ends.</param>
/// <param name="EndsScan">
/// Whether a scan of the whole space is complete with this batch. After the first such batch the listing is known to be
/// up to date, but for files that are being written.
/// </param>
public sealed record OwnChanges(ImmutableArray<FileEntry> Entries, bool EndsScan);

/// <summary>Something in the own space that is not offered, or not in its present version.</summary>
/// <param name="Path">As the file system spells it.</param>
/// <param name="Reason">In words that complete "…: ".</param>
public sealed record NotShared(string Path, string Reason);
