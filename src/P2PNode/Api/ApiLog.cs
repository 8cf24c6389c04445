using Serilog;

namespace P2PNode.Api;

/// <summary>Every event this room logs: one method per event, with a constant message template.</summary>
internal static class ApiLog
{
    public static void LocalEndpointOpened(this ILogger log, string path) =>
        log.Debug("Commands are answered at {SocketPath}", path);

    public static void StaleSocketReplaced(this ILogger log, string path) =>
        log.Debug("Replaced the socket {SocketPath}, which an earlier run left behind", path);

    public static void StrangerRefused(this ILogger log, uint user) =>
        log.Warning("Refused commands of user {UserId}: this node is another user's", user);

    public static void RequestAnswered(this ILogger log, string method, string path, int status) =>
        log.Verbose("Answered {Method} {RequestPath} with {Status}", method, path, status);

    public static void RequestFailed(this ILogger log, string method, string path, Exception reason) =>
        log.Error(reason, "Could not answer {Method} {RequestPath}", method, path);
}
