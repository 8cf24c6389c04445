using System.Text.Json;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class LeaveTests : CommandLineFixture
{
    private static readonly LeftReport Left = new(new NodeId(2), new NodeId(1), 1234, 6_012_954_214, 0, 0);

    private static readonly LeaveProgress Progress = new(new NodeId(1), 3, 4096, "there is no room on the disk");

    private TimeSpan _timeout;

    public LeaveTests() => WriteNodesFile();

    [Fact]
    public async Task Where_the_files_are_is_told_in_one_line()
    {
        Answer(new LeaveLine { Progress = Progress }, new LeaveLine { Left = Left });
        await using var endpoint = StartNode(2);

        Assert.Equal(0, await RunAsync("leave", "--id", "2"));

        Assert.Equal(("Node 2 has left: 1,234 files (5.6 GiB) are with node 1.\n", ""), (Output, Error));
        Assert.Equal(TimeSpan.FromMinutes(10), _timeout);
    }

    [Fact]
    public async Task Copies_of_others_and_what_was_not_shared_are_told_too()
    {
        Answer(new LeaveLine { Left = Left with { Files = 1, Bytes = 7, CopiesOfOthers = 2, NotShared = 1 } });
        await using var endpoint = StartNode(2);

        Assert.Equal(0, await RunAsync("leave", "--id", "2", "--timeout", "2h"));

        Assert.Equal("Node 2 has left: 1 file (7 B) is with node 1, and copies of 2 files whose owners are away.\n", Output);
        Assert.Equal("Not shared, and with nobody else: 1 file of its folder.\n", Error);
        Assert.Equal(TimeSpan.FromHours(2), _timeout);
    }

    [Fact]
    public async Task Json_is_one_document()
    {
        Answer(new LeaveLine { Progress = Progress }, new LeaveLine { Left = Left });
        await using var endpoint = StartNode(2);

        Assert.Equal(0, await RunAsync("leave", "--id", "2", "--json"));

        Assert.Equal("""{"id":2,"custodian":1,"files":1234,"bytes":6012954214,"copiesOfOthers":0,"notShared":0}""" + "\n", Output);
    }

    [Theory]
    [InlineData(LeaveFault.Refused, 7)]
    [InlineData(LeaveFault.NoLeader, 6)]
    [InlineData(LeaveFault.Incomplete, 1)]
    public async Task Why_a_node_goes_on_is_told_whether_it_had_begun_or_not(LeaveFault fault, int code)
    {
        await using var endpoint = StartNode(2);

        Fail(new LeaveException(fault, "Node 2 goes on: because."));
        Assert.Equal(code, await RunAsync("leave", "--id", "2"));
        Fail(new LeaveException(fault, "Node 2 goes on: because."), new LeaveLine { Progress = Progress });
        Assert.Equal(code, await RunAsync("leave", "--id", "2", "--json"));

        Assert.Equal("Node 2 goes on: because.\nNode 2 goes on: because.\n", Error);
        var failure = JsonElement.Parse(Output);
        Assert.Equal("Node 2 goes on: because.", failure.GetProperty("error").GetString());
        Assert.Equal(3, failure.GetProperty("progress").GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task Who_interrupts_calls_it_off()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var calledOff = new TaskCompletionSource();
        Node.OnLeave = (_, stop) => Never(stop);
        await using var endpoint = StartNode(2);

        var running = RunUntilAsync(interrupt.Token, "leave", "--id", "2");

        Assert.Equal(1, await running);
        Assert.Equal("Leaving was called off; the node goes on.\n", Error);
        await calledOff.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop); // The node heard of it.

        async IAsyncEnumerable<LeaveLine> Never([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
        {
            yield return new LeaveLine { Progress = Progress };
            await interrupt.CancelAsync();
            using var told = stop.Register(calledOff.SetResult);
            await calledOff.Task;
            stop.ThrowIfCancellationRequested();
        }
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("10d", 864_000)]
    public async Task The_timeout_is_a_number_with_or_without_a_unit(string text, int seconds)
    {
        Answer(new LeaveLine { Left = Left });
        await using var endpoint = StartNode(2);

        Assert.Equal(0, await RunAsync("leave", "--id", "2", "--timeout", text));

        Assert.Equal(seconds, _timeout.TotalSeconds);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0s")]
    [InlineData("999ms")]
    [InlineData("10.1d")]
    public async Task What_is_no_timeout_is_a_mistake(string text)
    {
        Assert.Equal(2, await RunAsync("leave", "--id", "2", "--timeout", text));

        Assert.StartsWith($"--timeout must be a number of seconds, or a time such as 90s, 10m or 2h, from 1s to 10d, not '{text}'.", Error, StringComparison.Ordinal);
    }

    private void Answer(params LeaveLine[] lines) => Node.OnLeave = (timeout, _) =>
    {
        _timeout = timeout;
        return lines.ToAsyncEnumerable();
    };

    private void Fail(LeaveException e, params LeaveLine[] lines) => Node.OnLeave = (_, _) => FailAsync(e, lines);

    private static async IAsyncEnumerable<LeaveLine> FailAsync(LeaveException e, LeaveLine[] lines)
    {
        await Task.Yield();
        foreach (var line in lines)
            yield return line;
        throw e;
    }
}
