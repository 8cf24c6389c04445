using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>rsync with a daemon at the collector: no encryption, whole files verified by a checksum, no fsync.</summary>
internal sealed class RsyncDaemon : IPeer
{
    public string Name => "rsync";

    public string? Missing => Programs.Missing("rsync");

    public Task<ISession> PrepareAsync(Stage stage, CancellationToken stop) => Task.FromResult<ISession>(new Session(stage));

    private sealed class Session(Stage stage) : RsyncSession(stage)
    {
        protected override RunningProcess StartServer()
        {
            var configuration = Stage.PathOf("rsyncd.conf");
            File.Delete(configuration + ".pid"); // Left behind where it was killed; a daemon does not start beside one.
            var rights = Environment.IsPrivilegedProcess ? "uid = root\ngid = root\n" : "";
            File.WriteAllText(configuration, $"""
                port = {Port}
                address = 127.0.0.1
                use chroot = no
                reverse lookup = no
                pid file = {configuration}.pid
                log file = {configuration}.log
                [files]
                path = {Stage.Collector}
                read only = no
                {rights}
                """);
            return Stage.Roles.Start(Roles.Collector, "rsync", "--daemon", "--no-detach", "--config=" + configuration);
        }

        protected override IEnumerable<string> Destination(OwnerFolder owner) =>
            [$"rsync://127.0.0.1:{Port}/files/NODE{owner.Id}/"];
    }
}
