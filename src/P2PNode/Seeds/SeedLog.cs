using P2PNode.Core;
using P2PNode.Core.Membership;
using Serilog;

namespace P2PNode.Seeds;

/// <summary>Every event that this room logs.</summary>
internal static class SeedLog
{
    public static void SeedListens(this ILogger log, NodeAddress address, string folder, int members) =>
        log.Information("Seed listens at {Address}, folder {Folder:l}, with {Members} registered from before", address, folder, members);

    public static void SeedStopped(this ILogger log) => log.Information("Seed has stopped");

    public static void Registered(this ILogger log, Member member) =>
        log.Information("Node {PeerId} registered at {Address} (incarnation {Incarnation})", member.Id.Value, AddressOf(member), member.Incarnation);

    public static void Moved(this ILogger log, Member before, Member member) =>
        log.Information("Node {PeerId} registered at {Address} (incarnation {Incarnation}), before at {OldAddress}", member.Id.Value, AddressOf(member), member.Incarnation, AddressOf(before));

    public static void RegistrationRefused(this ILogger log, NodeId id, string reason) =>
        log.Warning("Node {PeerId} is not registered: {Reason:l}", id.Value, reason);

    public static void ReportedDead(this ILogger log, NodeId observer, Member member) =>
        log.Information("Node {ObserverId} reports node {PeerId} dead (incarnation {Incarnation}); it is probed", observer.Value, member.Id.Value, member.Incarnation);

    public static void Died(this ILogger log, Member member, string reason) =>
        log.Warning("Node {PeerId} at {Address} is dead: {Reason:l}", member.Id.Value, AddressOf(member), reason);

    public static void LivesAfterAll(this ILogger log, Member member) =>
        log.Information("Node {PeerId} at {Address} answers, and stays registered", member.Id.Value, AddressOf(member));

    public static void HasLeft(this ILogger log, Member member) =>
        log.Information("Node {PeerId} has left", member.Id.Value);

    public static void Lapsed(this ILogger log, Member member, TimeSpan after) =>
        log.Information("Node {PeerId} at {Address} has not renewed its registration for {Minutes} minutes, and is dropped", member.Id.Value, AddressOf(member), after.TotalMinutes);

    public static void Expelled(this ILogger log, NodeId id) =>
        log.Warning("Node {PeerId} was revoked, and is dropped", id.Value);

    public static void ListDamaged(this ILogger log, string reason) =>
        log.Error("{Reason:l} The seed begins with an empty list; nodes register again by themselves", reason);

    public static void ListNotSaved(this ILogger log, string path, string reason) =>
        log.Error("{Path:l} cannot be written: {Reason:l}", path, reason);

    private static NodeAddress AddressOf(Member member) => new(member.Host, member.Port);
}
