using P2PNode.Core;
using Serilog;

namespace P2PNode.Security;

/// <summary>Every event that this room logs.</summary>
internal static class SecurityLog
{
    public static void IdentityReplaced(this ILogger log, string folder, string reason) =>
        log.Warning("Replaced the identity in {Folder:l}, as the CA is here and what was there is no good: {Reason:l}", folder, reason);

    public static void RecordDamaged(this ILogger log, NodeId id, string file) =>
        log.Warning("{File:l} is damaged: what was issued to {PeerId} last is not known here, and it is written anew when that is certified again", file, id.Value);

    public static void DenyListTaken(this ILogger log, long number) =>
        log.Information("Took deny list {Number}", number);

    public static void DenyListLost(this ILogger log, string file, string what) =>
        log.Warning("{File:l} is {What:l}: who was revoked is known again when a node is linked", file, what);

    public static void DenyListNotKept(this ILogger log, string reason) =>
        log.Error("The deny list could not be kept, and has to be told again after a restart: {Reason:l}", reason);
}
