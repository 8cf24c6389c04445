using System.Text;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace P2PNode.Cli.Logging;

/// <summary>
/// Appends log lines to a file. When it is full it takes the place of the last full one, <c>.1</c> behind its name, so that
/// the two never hold more than twice <see cref="MostBytes"/>. Thread-safe.
/// </summary>
internal sealed class RollingFile(string path, ITextFormatter formatter, long mostBytes = RollingFile.MostBytes) : ILogEventSink, IDisposable
{
    public const long MostBytes = 10 << 20;

    private readonly Lock _gate = new();
    private StreamWriter? _writer;

    /// <summary>A line that cannot be written is lost: that must not end what it tells of.</summary>
    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            try
            {
                _writer ??= Open();
                formatter.Format(logEvent, _writer);
                _writer.Flush();
                if (_writer.BaseStream.Length >= mostBytes)
                    Roll();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                SelfLog.WriteLine("{0} cannot be written: {1}", path, e.Message);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                _writer?.Dispose();
            }
            catch (IOException e)
            {
                SelfLog.WriteLine("{0} cannot be closed in order: {1}", path, e.Message); // It closes; what a full disk did not take is lost.
            }

            _writer = null;
        }
    }

    private StreamWriter Open() => new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false));

    private void Roll()
    {
        _writer?.Dispose();
        _writer = null;
        File.Move(path, path + ".1", overwrite: true);
    }
}
