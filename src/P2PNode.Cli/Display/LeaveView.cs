using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Shows how a node hands its files over, beside the answer.</summary>
internal sealed class LeaveView(Screen screen)
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    private long? _shownAt;

    /// <summary>How far it was when that was last told; null before.</summary>
    public LeaveProgress? Last { get; private set; }

    /// <summary>Shows all lines; ends with the last one.</summary>
    public async Task<LeftReport> ShowAsync(IAsyncEnumerable<LeaveLine> lines)
    {
        LeftReport? left = null;
        try
        {
            await foreach (var line in lines)
            {
                left = line.Left;
                if (line.Progress is { } progress)
                    Show(Last = progress);
            }
        }
        finally
        {
            screen.InPlace?.Invoke(null);
        }

        return left ?? throw new InvalidOperationException("The lines ended without an outcome.");
    }

    /// <summary>What became of it, in a sentence.</summary>
    public static string Sentence(LeftReport left)
    {
        var others = left.CopiesOfOthers == 0 ? "" : $", and copies of {Words.Files(left.CopiesOfOthers)} whose owners are away";
        return $"Node {left.Id} has left: {Words.Files(left.Files)} ({Words.Size(left.Bytes)}) {(left.Files == 1 ? "is" : "are")} with node {left.Custodian}{others}.";
    }

    private static string Sentence(LeaveProgress progress)
    {
        if (progress.Files == 0)
            return progress.Reason is { } waits ? $"Waiting: {waits}" : "Waiting";
        var size = progress.Bytes == 0 ? "" : $", {Words.Size(progress.Bytes)},";
        var why = progress.Reason is { } reason ? $": {reason}" : "";
        return $"{Words.Files(progress.Files)}{size} to hand over to node {progress.Custodian}{why}";
    }

    private void Show(LeaveProgress progress)
    {
        if (screen.InPlace is { } inPlace)
        {
            inPlace(Printable.Of(Sentence(progress)));
            return;
        }

        // What lasts a moment only is not worth a line.
        _shownAt ??= screen.Clock.GetTimestamp();
        if (screen.Clock.GetElapsedTime(_shownAt.Value) < LineEvery)
            return;
        _shownAt = screen.Clock.GetTimestamp();
        screen.Line(Sentence(progress));
    }
}
