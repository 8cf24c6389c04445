using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>rsync through ssh with the cipher that is fastest here; the server has a key of its own.</summary>
internal sealed class RsyncOverSsh : IPeer
{
    public string Name => "rsync-ssh";

    public string? Missing => Programs.Missing("rsync", "ssh", "sshd", "ssh-keygen");

    public async Task<ISession> PrepareAsync(Stage stage, CancellationToken stop)
    {
        foreach (var key in new[] { "host", "user" })
        {
            await stage.Roles.Start(Roles.Owner, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stage.PathOf(key))
                .SucceedAsync(stop);
        }

        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory("/run/sshd"); // It does not start without, and a service would have made it.
        return new Session(stage);
    }

    private sealed class Session(Stage stage) : RsyncSession(stage)
    {
        protected override RunningProcess StartServer()
        {
            var configuration = Stage.PathOf("sshd.conf");
            File.WriteAllText(configuration, $"""
                Port {Port}
                ListenAddress 127.0.0.1
                HostKey {Stage.PathOf("host")}
                AuthorizedKeysFile {Stage.PathOf("user.pub")}
                StrictModes no
                UsePAM no
                PidFile none
                PermitRootLogin prohibit-password

                """);
            return Stage.Roles.Start(Roles.Collector, Programs.Find("sshd")!, "-D", "-e", "-f", configuration);
        }

        protected override IEnumerable<string> Destination(OwnerFolder owner) =>
            ["-e", Shell, $"{Environment.UserName}@127.0.0.1:{CollectedFrom(owner)}/"];

        private string Shell =>
            $"ssh -F none -p {Port} -i {Stage.PathOf("user")} -c aes128-gcm@openssh.com -o BatchMode=yes "
            + "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
    }
}
