using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using P2PNode.Api;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Tests.Testing;
using Serilog;
using Serilog.Core;

namespace P2PNode.Tests.Api;

public sealed class LocalEndpointTests : IDisposable
{
    private static readonly ILogger Silent = Logger.None;

    private readonly TemporaryFolder _temporary = new();
    private readonly StubNode _node = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_running_node_answers_what_it_is_asked()
    {
        await using var endpoint = Start();
        using var client = new LocalClient(_temporary.Path);

        Assert.Equal(7, (await client.StatusAsync(Stop)).Epoch);
        Assert.Equal([StubNode.Two], await client.MembersAsync(Stop));
        var files = await client.FilesAsync(FileQuery.All, Stop);
        Assert.Equal(new ListingsReport(2, 3), files.Listings);
        Assert.Equal(StubNode.File.Path, Assert.Single(files.Files).Path);
    }

    [Fact]
    public async Task A_question_reaches_the_node_as_it_was_asked()
    {
        FileQuery? asked = null;
        _node.OnFiles = (query, _) =>
        {
            asked = query;
            return ValueTask.FromResult(new FilesReport([], new ListingsReport(3, 3), 5));
        };
        await using var endpoint = Start();
        using var client = new LocalClient(_temporary.Path);
        Assert.True(PathPattern.TryParse("a b/*?&+%20=Ä#.txt", out var pattern, out _));
        var query = new FileQuery
        {
            Pattern = pattern,
            Owner = new NodeId(7),
            MinSize = 1,
            MaxSize = 0,
            SinceTicks = new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc).Ticks + 1_234_567,
            Root = StubNode.File.Root,
            Order = FileOrder.Mtime,
            Reverse = true,
            Limit = 3,
        };

        var answer = await client.FilesAsync(query, Stop);

        Assert.Equal(5, answer.Found);
        Assert.Equal("a b/*?&+%20=Ä#.txt", asked?.Pattern?.Text);
        Assert.Equal(query, asked! with { Pattern = pattern });
        await client.FilesAsync(FileQuery.All, Stop);
        Assert.Equal(FileQuery.All, asked);
    }

    [Theory]
    [InlineData("pattern=*LONG*", "The pattern cannot be used: ")]
    [InlineData("peer=0", "The parameter peer cannot be '0'.")]
    [InlineData("minSize=-1", "The parameter minSize cannot be '-1'.")]
    [InlineData("maxSize=9223372036854775808", "The parameter maxSize cannot be '9223372036854775808'.")]
    [InlineData("since=yesterday", "The parameter since cannot be 'yesterday'.")]
    [InlineData("root=ab", "The parameter root cannot be 'ab'.")]
    [InlineData("sort=1", "The parameter sort cannot be '1'.")]
    [InlineData("reverse=perhaps", "The parameter reverse cannot be 'perhaps'.")]
    [InlineData("limit=2000001", "The parameter limit cannot be '2000001'.")]
    public async Task A_question_that_cannot_be_never_reaches_the_node(string parameters, string sentence)
    {
        _node.OnFiles = (_, _) => throw new InvalidOperationException("It was asked.");
        await using var endpoint = Start();

        var answer = await SendAsync("GET /v1/files?" + parameters.Replace("LONG", new string('a', PathPattern.MaxGlobLength), StringComparison.Ordinal));

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains("\"code\":2", answer);
        Assert.Contains(sentence, answer.Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_without_a_node_is_told_from_a_node_that_fails()
    {
        using var client = new LocalClient(Path.Combine(_temporary.Path, "nothing"));

        var failure = await Assert.ThrowsAsync<LocalRequestException>(() => client.StatusAsync(Stop));

        Assert.Equal(ExitCode.NotRunning, failure.Code);
    }

    [Fact]
    public async Task A_missing_leader_is_told_with_its_own_exit_code()
    {
        _node.OnFiles = (_, _) => throw new NoLeaderException();
        await using var endpoint = Start();
        using var client = new LocalClient(_temporary.Path);

        var failure = await Assert.ThrowsAsync<LocalRequestException>(() => client.FilesAsync(FileQuery.All, Stop));

        Assert.Equal((ExitCode.NoLeader, "There is no leader at the moment."), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task A_rescan_that_is_refused_says_why()
    {
        _node.RescanRefusal = "The folder is another one.";
        await using var endpoint = Start();
        using var client = new LocalClient(_temporary.Path);

        var failure = await Assert.ThrowsAsync<LocalRequestException>(() => client.RescanAsync(acceptLoss: true, Stop));

        Assert.Equal((ExitCode.Refused, "The folder is another one."), (failure.Code, failure.Message));
    }

    [Fact]
    public void A_socket_that_cannot_be_made_is_told_in_a_sentence()
    {
        var socket = Path.Combine(_temporary.Path, ".p2pnode", "api.sock");
        Directory.CreateDirectory(socket);

        var refused = Assert.Throws<NodeStartException>(() => Start());

        Assert.StartsWith($"The socket {socket} for commands cannot be opened: ", refused.Message);
    }

    [Fact]
    public async Task A_search_without_end_is_given_up()
    {
        var clock = new ManualClock();
        var asked = new TaskCompletionSource();
        _node.OnFiles = async (_, ct) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, ct);
            throw new InvalidOperationException("The wait ended without a reason.");
        };
        await using var endpoint = Start(clock);
        using var client = new LocalClient(_temporary.Path);

        var answer = client.FilesAsync(FileQuery.All, Stop);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(5), Stop);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(answer.IsCompleted); // A leader that is silent is given up elsewhere.
        clock.Advance(TimeSpan.FromSeconds(90));

        var failure = await Assert.ThrowsAsync<LocalRequestException>(() => answer);
        Assert.Equal((ExitCode.Failed, "The search did not end within 120 seconds; ask for fewer files with --limit."), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task A_failure_inside_the_node_is_told_and_the_endpoint_lives_on()
    {
        _node.OnFiles = (_, _) => throw new InvalidOperationException("The catalogue is on fire.");
        await using var endpoint = Start();
        using var client = new LocalClient(_temporary.Path);

        var failure = await Assert.ThrowsAsync<LocalRequestException>(() => client.FilesAsync(FileQuery.All, Stop));

        Assert.Equal((ExitCode.Failed, "The catalogue is on fire."), (failure.Code, failure.Message));
        Assert.Equal(7, (await client.StatusAsync(Stop)).Epoch);
    }

    [Theory]
    [InlineData("GET /v2/status", 404)]
    [InlineData("POST /v1/status", 405)]
    [InlineData("GET /v1/rescan", 405)]
    [InlineData("GET /v1/get", 405)]
    [InlineData("POST /v1/get", 400)]
    [InlineData("GET /v1/refused-start?process=7", 405)]
    [InlineData("POST /v1/refused-start", 400)]
    [InlineData("POST /v1/refused-start?process=-7", 400)]
    [InlineData("GET /v1/files?pattern=TOOLONG", 400)]
    public async Task What_is_not_understood_is_refused_as_JSON(string request, int status)
    {
        await using var endpoint = Start();

        var answer = await SendAsync(request.Replace("TOOLONG", new string('x', 2000), StringComparison.Ordinal));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Matches("""\{"error":".+","code":[12]\}""", answer);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_its_user_may_open_the_socket()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var endpoint = Start();

        var state = Path.Combine(_temporary.Path, ".p2pnode");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(state, "api.sock")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(state));
    }

    [Fact]
    public async Task A_socket_left_behind_by_a_dead_process_is_replaced()
    {
        var path = Path.Combine(_temporary.Path, ".p2pnode", "api.sock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept"); // A socket that is closed takes its file along; one of a killed process stays.
        }

        File.Move(path + ".kept", path);
        Assert.False(LocalClient.IsServed(_temporary.Path));

        await using var endpoint = Start();

        Assert.True(LocalClient.IsServed(_temporary.Path));
    }

    [Fact]
    public async Task A_second_endpoint_for_one_folder_is_refused_and_leaves_the_first_alone()
    {
        await using var endpoint = Start();

        Assert.Throws<NodeStartException>(() => Start());

        Assert.True(LocalClient.IsServed(_temporary.Path));
    }

    [Fact]
    public async Task A_node_hears_of_a_process_that_the_lock_of_its_folder_refused()
    {
        await using (Start())
            await LocalClient.TellOfRefusedStartAsync(_temporary.Path, Stop);

        await LocalClient.TellOfRefusedStartAsync(_temporary.Path, Stop); // Nobody is there to tell, which is no failure.

        Assert.Equal([Environment.ProcessId], _node.RefusedStarts);
    }

    [Fact]
    public async Task A_closed_endpoint_leaves_no_socket()
    {
        var endpoint = Start();
        await endpoint.DisposeAsync();

        Assert.False(LocalClient.IsServed(_temporary.Path));
        Assert.Empty(Directory.GetFiles(Path.Combine(_temporary.Path, ".p2pnode")));
    }

    [Fact]
    public async Task A_folder_deeper_than_a_socket_address_is_long_works_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux names open folders in /proc.");
        var folder = Path.Combine(_temporary.Path, string.Join('/', Enumerable.Repeat("a-rather-long-name", 10)));
        await using (LocalEndpoint.Start(folder, _node, TimeProvider.System, Silent))
        {
            using var client = new LocalClient(folder);
            Assert.Equal(7, (await client.StatusAsync(Stop)).Epoch);
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(folder, ".p2pnode")));
    }

    private LocalEndpoint Start(TimeProvider? clock = null) =>
        LocalEndpoint.Start(_temporary.Path, _node, clock ?? TimeProvider.System, Silent);

    private async Task<string> SendAsync(string requestLine)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(Path.Combine(_temporary.Path, ".p2pnode", "api.sock")), Stop);
        await using var stream = new NetworkStream(socket);

        // As HTTP/1.0, whose answers come without chunks: the head of one may lie anywhere in the text.
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{requestLine} HTTP/1.0\r\nHost: node\r\nContent-Length: 0\r\n\r\n"), Stop);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop); // Others may have the machine.
    }
}
