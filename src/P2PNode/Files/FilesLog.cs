using P2PNode.Core;
using Serilog;

namespace P2PNode.Files;

/// <summary>Every event this room logs.</summary>
internal static class FilesLog
{
    public static void LeftoversCleared(this ILogger log, int files) =>
        log.Information("Cleared {FileCount} half received {Noun:l} of an earlier run", files, files == 1 ? "file" : "files");

    public static void MarkerMissing(this ILogger log, string folder) =>
        log.Warning("The marker in {Folder}/.p2pnode is missing; nothing will be deleted until it is there, or 'p2pnode rescan --accept-loss' says that this is the right folder", folder);

    public static void StateDamaged(this ILogger log, string path, RecordLoss loss) =>
        log.Warning(
            "{Path} was damaged: {TornBytes} bytes at its end and {LostBytes} in between could not be read",
            path,
            loss.TornBytes,
            loss.LostBytes);

    public static void ListingLost(this ILogger log, string path) =>
        log.Warning("{Path} is empty or lacks its beginning: the node lists its files anew, under a list that replaces the one that the others know", path);

    public static void CopiesForgotten(this ILogger log, string path) =>
        log.Warning("{Path} is empty, though there are files in peers: copies that were made before count again once their content was read", path);

    public static void ListingNotClosed(this ILogger log, Exception reason) =>
        log.Warning(reason, "The listing could not be closed in order");

    public static void ListingNotSaved(this ILogger log, Exception reason, TimeSpan retryAfter) =>
        log.Warning(reason, "Changes could not be saved and are not published; trying again in {RetryAfter}", retryAfter);

    public static void NotWatching(this ILogger log, string reason, TimeSpan scanEvery) =>
        log.Warning("Not all folders can be watched ({Reason}); scanning them every {ScanEvery} too", reason, scanEvery);

    public static void FolderIsGone(this ILogger log, string folder, TimeSpan lookEvery) =>
        log.Error(
            "{Folder} was moved away, replaced or unmounted; its files stay offered as they were. Looking for it every {LookEvery}; if another folder is to take its place, start the node again",
            folder,
            lookEvery);

    public static void FolderIsBack(this ILogger log, string folder) =>
        log.Information("{Folder} is back in its place; scanning it", folder);

    public static void WatchingFailed(this ILogger log, string reason) =>
        log.Warning("The system may not tell all changes in the folder ({Reason}); scanning it now", reason);

    public static void NotShared(this ILogger log, string path, string reason) =>
        log.Information("Not shared: {Path}: {Reason}", path, reason);

    public static void CannotLookAt(this ILogger log, FilePath path, Exception reason) =>
        log.Warning(reason, "{Path} cannot be looked at; it stays offered", path.Value);

    public static void LossHeld(this ILogger log, int missing, int total) =>
        log.Warning(
            "{MissingCount} of {TotalCount} files are missing at once; they stay offered until they are back, or 'p2pnode rescan --accept-loss' says that they are gone for good",
            missing,
            total);

    public static void LossWithoutMarker(this ILogger log, int missing, string folder) =>
        log.Warning(
            "{MissingCount} {Noun:l} missing, but so is the marker in {Folder}/.p2pnode; all stays offered until both are back, or 'p2pnode rescan --accept-loss' says that this is the right folder",
            missing,
            missing == 1 ? "file is" : "files are",
            folder);

    public static void Trashed(this ILogger log, string path) => log.Debug("Moved {Path} to the trash", path);

    public static void TrashDropped(this ILogger log, string batch) => log.Information("Deleted {Batch} from the trash", batch);

    public static void TrashNotDropped(this ILogger log, string batch, Exception reason) =>
        log.Warning(reason, "{Batch} could not be deleted from the trash", batch);

    public static void TrashNotRead(this ILogger log, string folder, Exception reason) =>
        log.Warning(reason, "{Folder} could not be looked through for what is too old", folder);

    public static void CopyAdopted(this ILogger log, NodeId owner, FilePath path) =>
        log.Debug("Found {Path} of node {NodeId} in its place already", path.Value, owner.Value);

    public static void CopiesLost(this ILogger log, NodeId owner, int count, FilePath first) =>
        log.Warning(
            "{CopyCount} {Noun:l} of node {NodeId} missing here or changed by others, {Path} for one",
            count,
            count == 1 ? "copy" : "copies",
            owner.Value,
            first.Value);

    public static void CopyNotTrashed(this ILogger log, NodeId owner, FilePath path, Exception reason) =>
        log.Warning(reason, "{Path} of node {NodeId} could not be moved to the trash", path.Value, owner.Value);

    public static void LayerDamaged(this ILogger log, ContentRoot root) =>
        log.Debug("The piece layer of {Root} was damaged and is computed again when it is asked for", root);

    public static void LayersNotKept(this ILogger log, string reason) =>
        log.Warning("Piece layers cannot be kept ({Reason:l}); large files are hashed again when somebody asks for their layers", reason);

    public static void PartialNotDeleted(this ILogger log, Exception reason) =>
        log.Warning(reason, "What was received of a file in part could not be deleted");

    public static void LedgerNotSaved(this ILogger log, Exception reason) =>
        log.Warning(reason, "The ledger of copies could not be saved; it will be with the next change");
}
