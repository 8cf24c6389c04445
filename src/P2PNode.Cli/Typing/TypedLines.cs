using System.Threading.Channels;

namespace P2PNode.Cli.Typing;

/// <summary>
/// The lines that are typed while a node runs. A line that is typed while a command runs is carried out after it, unless
/// that one is called off. For one caller at a time, but for <see cref="TryInterrupt"/>.
/// </summary>
internal abstract class TypedLines
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;

    /// <summary>The next line; null when no more will come.</summary>
    public abstract ValueTask<string?> NextAsync(CancellationToken stop);

    /// <summary>Runs what a line asked for, which a person may call off with Ctrl-C.</summary>
    public async Task WhileAsync(Func<CancellationToken, Task> run, CancellationToken stop)
    {
        using var off = CancellationTokenSource.CreateLinkedTokenSource(stop);
        lock (_gate)
            _running = off;
        try
        {
            await WaitAsync(run(off.Token), off);
        }
        finally
        {
            lock (_gate)
                _running = null;
            if (off.IsCancellationRequested)
                Forget();
        }
    }

    /// <summary>
    /// Takes a Ctrl-C: it calls off the command that runs, or else clears what is typed. False where there is neither, or
    /// the command has been called off before, so that it is meant for the node. Thread-safe.
    /// </summary>
    public bool TryInterrupt()
    {
        lock (_gate)
        {
            if (_running is null)
                return TryClear();
            if (_running.IsCancellationRequested)
                return false;
            _ = _running.CancelAsync();
            return true;
        }
    }

    /// <summary>Lines that another program writes, or a terminal that can do no more than lines.</summary>
    public static TypedLines Plain(Func<string?> readLine) => new PlainLines(readLine);

    /// <summary>Lines that a person edits.</summary>
    /// <param name="readKey">Waits for a key.</param>
    /// <param name="complete">The words that the last one of a text may become (<see cref="EditedLine.Complete"/>); may take its time.</param>
    /// <param name="prompt">Shows the line.</param>
    public static TypedLines Edited(Func<ConsoleKeyInfo> readKey, Func<string, IEnumerable<string>> complete, Prompt prompt) => new EditedLines(readKey, complete, prompt);

    /// <summary>Waits until a command ends.</summary>
    protected abstract Task WaitAsync(Task running, CancellationTokenSource off);

    /// <summary>Forgets the lines that were typed while a command ran.</summary>
    protected abstract void Forget();

    /// <summary>Clears what is typed; false where there is nothing.</summary>
    protected abstract bool TryClear();

    private sealed class PlainLines(Func<string?> readLine) : TypedLines
    {
        private readonly ChannelReader<string> _lines = Reading.Start<string>((out string line) => (line = readLine()!) is not null);

        public override async ValueTask<string?> NextAsync(CancellationToken stop) =>
            await _lines.WaitToReadAsync(stop) && _lines.TryRead(out var line) ? line : null;

        protected override Task WaitAsync(Task running, CancellationTokenSource off) => running;

        protected override void Forget()
        {
            while (_lines.TryRead(out _))
            {
            }
        }

        protected override bool TryClear() => false;
    }

    private sealed class EditedLines(Func<ConsoleKeyInfo> readKey, Func<string, IEnumerable<string>> complete, Prompt prompt) : TypedLines
    {
        private readonly EditedLine _line = new();

        private readonly ChannelReader<ConsoleKeyInfo> _keys = Reading.Start((out ConsoleKeyInfo key) =>
        {
            key = readKey();
            return true;
        });

        /// <summary>What was typed while a command ran.</summary>
        private readonly Queue<ConsoleKeyInfo> _ahead = new();

        public override async ValueTask<string?> NextAsync(CancellationToken stop)
        {
            prompt.Show(_line.Text, _line.Cursor);
            while (_ahead.Count > 0 || await _keys.WaitToReadAsync(stop))
            {
                if (!_ahead.TryDequeue(out var key) && !_keys.TryRead(out key))
                    continue;
                if (Take(key) is not { } keyed)
                    continue;
                prompt.Leave();
                return keyed.Line;
            }

            prompt.Leave();
            return null;
        }

        /// <summary>What a key led to, where it was the last one of a line.</summary>
        private Keyed? Take(ConsoleKeyInfo key)
        {
            Keyed keyed;
            lock (_gate) // A Ctrl-C may clear the line at the same time.
            {
                keyed = _line.Take(key);
                if (keyed.Line is not null || keyed.Ends)
                    return keyed;
                prompt.Show(_line.Text, _line.Cursor);
            }

            if (keyed.ToComplete is { } before)
                Complete(before);
            return null;
        }

        /// <summary>A node may be asked for the words, which a Ctrl-C does not wait for.</summary>
        private void Complete(string before)
        {
            List<string> words = [.. complete(before)];
            lock (_gate)
            {
                var candidates = _line.Complete(before, words);
                if (candidates.Count > 0)
                    prompt.Tell(string.Join("  ", candidates));
                prompt.Show(_line.Text, _line.Cursor);
            }
        }

        /// <summary>Escape is as good as Ctrl-C.</summary>
        protected override async Task WaitAsync(Task running, CancellationTokenSource off)
        {
            while (!running.IsCompleted)
            {
                using var done = CancellationTokenSource.CreateLinkedTokenSource(off.Token);
                var typed = _keys.WaitToReadAsync(done.Token).AsTask();
                await Task.WhenAny(running, typed);
                await done.CancelAsync();
                if (typed is not { IsCompletedSuccessfully: true, Result: true })
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

        protected override void Forget()
        {
            _ahead.Clear();
            while (_keys.TryRead(out _))
            {
            }
        }

        protected override bool TryClear()
        {
            if (_line.Text.Length == 0)
                return false;
            _line.Clear();
            prompt.Leave();
            prompt.Show(_line.Text, _line.Cursor);
            return true;
        }
    }
}
