using Serilog;

namespace P2PNode.Files;

/// <summary>Every event this room logs.</summary>
internal static class FilesLog
{
    public static void LeftoversCleared(this ILogger log, int files) =>
        log.Information("Cleared {FileCount} half received files of an earlier run", files);

    public static void MarkerMissing(this ILogger log, string folder) =>
        log.Warning("The marker in {Folder}/.p2pnode is missing; nothing will be deleted until it is confirmed", folder);
}
