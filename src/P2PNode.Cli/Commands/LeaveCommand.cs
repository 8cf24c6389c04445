using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Display;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>Has a node hand its files over and then stop, and shows how far it is.</summary>
internal sealed class LeaveCommand(Asking asking, Surroundings surroundings)
{
    private const string DefaultTimeout = "10m";
    private const string TimeoutForm = "a number of seconds, or a time such as 90s, 10m or 2h, from 1s to 10d";

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Longer than anybody waits for a command.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(10);

    private readonly Option<string> _timeout = new("--timeout")
    {
        Description = $"How long it may take: {TimeoutForm}. Then the node goes on.",
        HelpName = "TIME",
        DefaultValueFactory = _ => DefaultTimeout,
    };

    public Command Create()
    {
        var leave = asking.Create("leave", "Hand everything that a node has over to the leader, or from the leader to the next one, then stop the node.", RunAsync);
        _timeout.CompletionSources.Add("1m", DefaultTimeout, "2h");
        leave.Add(_timeout);
        return leave;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var text = parsed.GetValue(_timeout) ?? DefaultTimeout;
        if (!SettingValues.TryDuration(text, out var timeout) || timeout < ShortestTimeout || timeout > LongestTimeout)
            throw new ConfigurationException($"--timeout must be {TimeoutForm}, not '{text}'.");
        var progress = new LeaveView(surroundings.SideScreen);
        LeftReport left;
        try
        {
            left = await asking.Find(parsed).AskAsync(client => progress.ShowAsync(client.LeaveAsync(timeout, stop)));
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is (OperationCanceledException or LocalRequestException))
        {
            throw Failure(ExitCode.Failed, "Leaving was called off; the node goes on.", e);
        }
        catch (LocalRequestException e)
        {
            throw Failure(e.Code, e.Message, e);
        }

        if (asking.WantsJson(parsed))
            asking.Print(left, NodeQueriesJson.LeftReport);
        else
            surroundings.Screen.Line(LeaveView.Sentence(left));
        if (left.NotShared > 0)
            asking.Remark($"Not shared, and with nobody else: {Words.Files(left.NotShared)} of its folder.");
        return ExitCode.Done;

        CommandException Failure(ExitCode code, string sentence, Exception reason) =>
            new(code, sentence, new CommandFailure(sentence) { Progress = progress.Last }, reason);
    }
}
