using System.Globalization;

namespace P2PNode.Bench.Measures;

/// <summary>How busy the whole machine is.</summary>
internal static class MachineLoad
{
    private const double TicksPerSecond = 100;
    private const int Idle = 3;
    private const int WaitingForDisk = 4;
    private const int FirstGuest = 8; // Guests' time is contained in that of users.

    /// <summary>Below this share of the machine it counts as quiet.</summary>
    private const double QuietShare = 0.08;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The CPU time of everything that has run since the system started.</summary>
    public static TimeSpan Busy()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..(FirstGuest + 1)];
        var ticks = fields.Where((_, i) => i is not (Idle or WaitingForDisk)).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Waits until little else runs, or until it has waited long enough.</summary>
    public static async Task UntilQuietAsync(TimeSpan atMost, CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < atMost)
        {
            var before = Busy();
            await Task.Delay(Look, TimeProvider.System, stop);
            if (Busy() - before < Look * Environment.ProcessorCount * QuietShare)
                return;
        }
    }
}
