using System.Threading.Channels;

namespace P2PNode.Cli.Typing;

/// <summary>The lines that are typed while a node runs. For one caller at a time.</summary>
internal abstract class TypedLines
{
    /// <summary>The next line; null when no more will come.</summary>
    public abstract ValueTask<string?> NextAsync(CancellationToken stop);

    /// <summary>Runs what a line asked for; a person may call it off with Escape.</summary>
    public abstract Task WhileAsync(Func<CancellationToken, Task> run, CancellationToken stop);

    /// <summary>Lines that another program writes, or a terminal that can do no more than lines.</summary>
    public static TypedLines Plain(Func<string?> readLine) => new PlainLines(readLine);

    /// <summary>Lines that a person edits.</summary>
    public static TypedLines Edited(Func<ConsoleKeyInfo> readKey, EditedLine line, Prompt prompt) => new EditedLines(readKey, line, prompt);

    private sealed class PlainLines(Func<string?> readLine) : TypedLines
    {
        private readonly ChannelReader<string> _lines = Reading.Start<string>((out string line) => (line = readLine()!) is not null);

        public override async ValueTask<string?> NextAsync(CancellationToken stop) =>
            await _lines.WaitToReadAsync(stop) && _lines.TryRead(out var line) ? line : null;

        public override Task WhileAsync(Func<CancellationToken, Task> run, CancellationToken stop) => run(stop);
    }

    private sealed class EditedLines(Func<ConsoleKeyInfo> readKey, EditedLine line, Prompt prompt) : TypedLines
    {
        private readonly ChannelReader<ConsoleKeyInfo> _keys = Reading.Start((out ConsoleKeyInfo key) =>
        {
            key = readKey();
            return true;
        });

        /// <summary>What was typed while a command ran.</summary>
        private readonly Queue<ConsoleKeyInfo> _ahead = new();

        public override async ValueTask<string?> NextAsync(CancellationToken stop)
        {
            prompt.Show(line.Text, line.Cursor);
            while (_ahead.Count > 0 || await _keys.WaitToReadAsync(stop))
            {
                if (!_ahead.TryDequeue(out var key) && !_keys.TryRead(out key))
                    continue;
                var keyed = line.Take(key);
                if (keyed.Line is not null || keyed.Ends)
                {
                    prompt.Leave();
                    return keyed.Line;
                }

                if (keyed.Candidates.Count > 0)
                    prompt.Tell(string.Join("  ", keyed.Candidates));
                prompt.Show(line.Text, line.Cursor);
            }

            prompt.Leave();
            return null;
        }

        public override async Task WhileAsync(Func<CancellationToken, Task> run, CancellationToken stop)
        {
            using var off = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var running = run(off.Token);
            while (!running.IsCompleted)
            {
                using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var typed = _keys.WaitToReadAsync(done.Token).AsTask();
                await Task.WhenAny(running, typed);
                await done.CancelAsync();
                if (typed is { IsCompletedSuccessfully: true, Result: false })
                    break;
                while (_keys.TryRead(out var key))
                {
                    if (key.Key is ConsoleKey.Escape)
                        await off.CancelAsync();
                    else
                        _ahead.Enqueue(key);
                }
            }

            await running;
        }
    }
}
