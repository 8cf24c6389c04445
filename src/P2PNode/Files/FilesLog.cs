using P2PNode.Core;
using Serilog;

namespace P2PNode.Files;

/// <summary>Every event this room logs.</summary>
internal static class FilesLog
{
    public static void LeftoversCleared(this ILogger log, int files) =>
        log.Information("Cleared {FileCount} half received files of an earlier run", files);

    public static void MarkerMissing(this ILogger log, string folder) =>
        log.Warning("The marker in {Folder}/.p2pnode is missing; nothing will be deleted until it is confirmed", folder);

    public static void StateDamaged(this ILogger log, string path, RecordLoss loss) =>
        log.Warning(
            "{Path} was damaged: {TornBytes} bytes at its end and {LostBytes} in between could not be read",
            path,
            loss.TornBytes,
            loss.LostBytes);

    public static void ListingNotClosed(this ILogger log, Exception reason) =>
        log.Warning(reason, "The listing could not be closed in order");

    public static void ListingNotSaved(this ILogger log, Exception reason, TimeSpan retryAfter) =>
        log.Warning(reason, "Changes could not be saved and are not published; trying again in {RetryAfter}", retryAfter);

    public static void NotWatching(this ILogger log, string reason, TimeSpan scanEvery) =>
        log.Warning("The folder cannot be watched ({Reason}); scanning it every {ScanEvery} instead", reason, scanEvery);

    public static void NotShared(this ILogger log, string path, string reason) =>
        log.Information("Not shared: {Path}: {Reason}", path, reason);

    public static void CannotLookAt(this ILogger log, FilePath path, Exception reason) =>
        log.Warning(reason, "{Path} cannot be looked at; it stays offered", path.Value);

    public static void LossHeld(this ILogger log, int missing, int total) =>
        log.Warning(
            "{MissingCount} of {TotalCount} files are missing at once; they stay offered until the loss is confirmed",
            missing,
            total);

    public static void LossWithoutMarker(this ILogger log, int missing, string folder) =>
        log.Warning(
            "{MissingCount} files are missing, but so is the marker in {Folder}/.p2pnode; they stay offered",
            missing,
            folder);
}
