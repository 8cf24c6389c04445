namespace P2PNode.Tests.Cli;

public sealed class NetworkCommandTests : CommandLineFixture
{
    [Theory]
    [InlineData(4, "There are no keys of any network here.", "show")]
    [InlineData(2, "There is no network's CA in ", "invite", "--id", "7")]
    [InlineData(2, "There is no network's CA in ", "revoke", "--id", "7")]
    [InlineData(2, "Say which node with --id.", "revoke")]
    [InlineData(2, "--expires must be ", "invite", "--id", "7", "--expires", "5w")]
    [InlineData(2, "--expires must be ", "invite", "--id", "7", "--expires", "31d")]
    [InlineData(2, "That is no token: ", "join", "ABC", "--seed", "127.0.0.1:1")]
    [InlineData(2, "'127.0.0.1:1' is more than 'p2pnode network invite' can take.", "invite", "--id", "7", "--seed", "127.0.0.1:1")]
    [InlineData(2, "'--folder' is not an option of 'p2pnode network invite'", "invite", "--folder", "x")]
    [InlineData(2, "'p2pnode network --help' shows", "nonsense")]
    public async Task What_cannot_be_done_is_told_in_a_sentence(int code, string sentence, params string[] args)
    {
        Assert.Equal(code, await RunAsync(["network", .. args]));

        Assert.Contains(sentence, Error, StringComparison.Ordinal);
        Assert.Empty(Output);
        Assert.False(Directory.Exists(Path.Combine(Folder, ".p2pnode")));
    }

    [Theory]
    [InlineData("join", "Which node to ask")]
    [InlineData("revoke", "Required; P2PNODE_ID does not count here.")]
    [InlineData("invite", "Required, but with --seed, where one is chosen")]
    public async Task The_help_says_what_an_option_means_there(string command, string text)
    {
        Assert.Equal(0, await RunAsync("network", command, "--help"));

        Assert.Contains(text, string.Join(' ', Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("Has no effect yet", Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invite")]
    [InlineData("revoke")]
    public async Task Who_may_not_write_the_keys_is_told(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Assert.Equal(0, await RunAsync("network", "create"));
        Directory.CreateDirectory(Path.Combine(Folder, ".p2pnode", "network", "lock")); // Keeps root out too.

        Assert.Equal(1, await RunAsync("network", command, "--id", "7"));

        Assert.Contains("denied; run this as the user whose the network's keys are.\n", Error, StringComparison.Ordinal);
    }
}
