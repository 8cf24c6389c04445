using P2PNode.Node;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace P2PNode.Cli.Display;

/// <summary>
/// Shows a fetch while it goes on, beside the answer: bars at a terminal, one for the whole and one for each large file; one
/// bar in one place where the terminal shows other things too; otherwise plain lines.
/// </summary>
internal static class GetProgressView
{
    /// <summary>Smaller files are here before a bar of theirs could be read.</summary>
    private const long BarFrom = 8 << 20;

    /// <summary>Up to so many files each has a line of its own.</summary>
    private const int MostLines = 50;

    /// <summary>What came within less says nothing of the rate: most of it lay here before.</summary>
    private static readonly TimeSpan RateAfter = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    /// <summary>While nothing comes at all, a fetch that may yet be short is waited for in silence so long.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(5);

    /// <summary>Shows all lines to the last; false where there was none.</summary>
    /// <param name="lines">What the node tells.</param>
    /// <param name="screen">Where it is shown.</param>
    /// <param name="stop">Ends the fetch.</param>
    public static Task<bool> ShowAsync(IAsyncEnumerable<GetLine> lines, Screen screen, CancellationToken stop) =>
        screen.InPlace is { } inPlace ? ReplaceAsync(lines, inPlace, stop)
        : screen.IsTerminal ? DrawAsync(lines, screen, stop)
        : WriteAsync(lines, screen, stop);

    private static async Task<bool> ReplaceAsync(IAsyncEnumerable<GetLine> lines, Action<string?> show, CancellationToken stop)
    {
        var plan = new GetPlan(0, 0);
        try
        {
            await foreach (var line in lines.WithCancellation(stop))
            {
                plan = line.Plan ?? plan;
                if (line.Progress is { } progress)
                    show($"{Words.Bar(progress.Bytes, plan.Bytes)} {Sentence(progress, plan)}");
            }
        }
        finally
        {
            show(null);
        }

        return true;
    }

    private static async Task<bool> WriteAsync(IAsyncEnumerable<GetLine> lines, Screen screen, CancellationToken stop)
    {
        var (plan, clock, started) = (new GetPlan(0, 0), screen.Clock, screen.Clock.GetTimestamp());
        var last = started;
        await foreach (var line in lines.WithCancellation(stop))
        {
            plan = line.Plan ?? plan;
            if (line.File is { Result: not GetResult.Failed } file && plan.Files is > 1 and <= MostLines)
                screen.Line(GetView.Sentence(file));
            if (line.Progress is not { } progress || clock.GetElapsedTime(last) < LineEvery
                || (progress.Bytes == 0 && clock.GetElapsedTime(started) < SilentFor))
                continue;
            last = clock.GetTimestamp();
            screen.Line(Sentence(progress, plan));
        }

        return true;
    }

    private static async Task<bool> DrawAsync(IAsyncEnumerable<GetLine> lines, Screen screen, CancellationToken stop)
    {
        await using var steps = lines.GetAsyncEnumerator(stop);
        if (!await steps.MoveNextAsync()) // What goes wrong before the first is said without a bar.
            return false;
        await screen.Drawn.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new SizeColumn(), new TimeColumn())
            .StartAsync(bars => DrawAsync(steps, bars));
        return true;
    }

    private static async Task<bool> DrawAsync(IAsyncEnumerator<GetLine> steps, ProgressContext bars)
    {
        var plan = steps.Current.Plan ?? new GetPlan(0, 0);
        var all = bars.AddTask(Words.Files(plan.Files), maxValue: Math.Max(1, plan.Bytes));
        var files = new Dictionary<string, ProgressTask>();
        while (await steps.MoveNextAsync())
        {
            if (steps.Current.Progress is not { } progress)
                continue;
            all.Description = Settled(progress, plan);
            all.Value = Math.Min(progress.Bytes, all.MaxValue - 1);
            foreach (var transfer in progress.Transfers.Where(transfer => transfer.Size >= BarFrom))
            {
                if (!files.TryGetValue(transfer.File, out var bar))
                    files.Add(transfer.File, bar = bars.AddTask(Markup.Escape(Words.Shortened(transfer.File)), maxValue: transfer.Size));
                bar.Value = transfer.Done;
            }

            foreach (var ended in files.Keys.Except(progress.Transfers.Select(transfer => transfer.File)).ToList())
            {
                files.Remove(ended, out var bar);
                bar!.Value = bar.MaxValue; // It is hidden then.
            }
        }

        return true;
    }

    private static string Sentence(GetProgress progress, GetPlan plan) =>
        $"{Settled(progress, plan)}, {Words.Size(progress.Bytes)} of {Words.Size(plan.Bytes)}{Rate(progress)}";

    private static string Settled(GetProgress progress, GetPlan plan) => $"{progress.Files} of {Words.Files(plan.Files)}";

    /// <summary>Whether a rate of so many bytes a second, measured for so long, is worth showing.</summary>
    internal static bool IsRate(double? speed, TimeSpan? measured) => speed > 0 && measured >= RateAfter;

    private static bool HasRate(ProgressTask task) => IsRate(task.Speed, task.ElapsedTime);

    private static string Rate(GetProgress progress) =>
        progress.Transfers.Sum(transfer => transfer.Rate) is > 0 and var rate ? $", {Words.Size(rate)}/s" : "";

    /// <summary>Bytes and rate in the units of all other answers.</summary>
    private sealed class SizeColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var rate = HasRate(task) ? $", {Words.Size((long)task.Speed!)}/s" : "";
            return new Text($"{Words.Size((long)task.Value)} of {Words.Size((long)task.MaxValue)}{rate}");
        }
    }

    /// <summary>The time that is left at this rate.</summary>
    private sealed class TimeColumn : ProgressColumn
    {
        private readonly RemainingTimeColumn _time = new();

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            HasRate(task) ? _time.Render(options, task, deltaTime) : Text.Empty;
    }
}
