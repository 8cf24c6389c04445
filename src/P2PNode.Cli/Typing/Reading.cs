using System.Threading.Channels;

namespace P2PNode.Cli.Typing;

/// <summary>Reads from the process's input in a thread of its own, as no such read can be called off.</summary>
internal static class Reading
{
    /// <summary>Who pastes more waits until it is taken.</summary>
    private const int MostAhead = 4096;

    /// <summary>Waits for the next item; false at the end.</summary>
    public delegate bool TryNext<T>(out T item);

    public static ChannelReader<T> Start<T>(TryNext<T> next)
    {
        var items = Channel.CreateBounded<T>(MostAhead);
        var thread = new Thread(() => Read(next, items.Writer)) { IsBackground = true, Name = "typed input" };
        thread.Start();
        return items.Reader;
    }

    private static void Read<T>(TryNext<T> next, ChannelWriter<T> items)
    {
        try
        {
            while (next(out var item))
            {
                while (!items.TryWrite(item))
                {
                    if (!items.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
                        return;
                }
            }

            items.TryComplete();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            items.TryComplete(); // The terminal is gone: there is nothing more to read, and the node runs on.
        }
    }
}
