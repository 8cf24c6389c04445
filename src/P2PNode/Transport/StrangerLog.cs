using System.Net;
using Serilog;

namespace P2PNode.Transport;

/// <summary>
/// Tells the log of strangers that were not let in: each with its reason, but a flood of them does not fill the disk.
/// Thread-safe.
/// </summary>
internal sealed class StrangerLog(TimeProvider clock, ILogger log)
{
    /// <summary>So many lines at once.</summary>
    internal const int Burst = 50;

    /// <summary>One line for each of these in the long run.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>Who dials again and again, and is refused for the same reason, is told of so often.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private const int MostRemembered = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(IPAddress, string), long> _told = [];
    private long _since = clock.GetTimestamp();
    private int _lines = Burst;
    private long _passedOver;

    public void Failed(EndPoint? from, string reason)
    {
        if (MaySpeak(out var passedOver))
            log.StrangerFailed(from, reason);
        Admit(passedOver);
    }

    /// <summary>A node whose certificate is not taken dials every few seconds for ever, and so does one that gets no answer: one line a minute says the same.</summary>
    public void FailedAgain(IPEndPoint from, string reason)
    {
        if (!IsKnown(from.Address, reason))
            Failed(from, reason);
    }

    public void TurnedAway(IPAddress from)
    {
        if (MaySpeak(out var passedOver))
            log.StrangerTurnedAway(from);
        Admit(passedOver);
    }

    private bool IsKnown(IPAddress from, string reason)
    {
        lock (_gate)
        {
            if (_told.TryGetValue((from, reason), out var at) && clock.GetElapsedTime(at) < Again)
                return true;
            if (_told.Count == MostRemembered)
                _told.Clear();
            _told[(from, reason)] = clock.GetTimestamp();
            return false;
        }
    }

    private bool MaySpeak(out long passedOver)
    {
        lock (_gate)
        {
            var due = (int)Math.Min(Burst, clock.GetElapsedTime(_since) / Pace);
            if (due > 0)
                (_lines, _since) = (Math.Min(Burst, _lines + due), clock.GetTimestamp());
            var speaks = _lines > 0;
            passedOver = speaks ? _passedOver : 0;
            (_lines, _passedOver) = speaks ? (_lines - 1, 0) : (0, _passedOver + 1);
            return speaks;
        }
    }

    private void Admit(long passedOver)
    {
        if (passedOver > 0)
            log.StrangersPassedOver(passedOver);
    }
}
