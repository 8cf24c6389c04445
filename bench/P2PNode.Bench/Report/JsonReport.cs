using System.Text.Json;

namespace P2PNode.Bench.Report;

/// <summary>Everything that was measured, run by run, for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(string file, Results results) =>
        File.WriteAllText(file, JsonSerializer.Serialize(
            new { results.Works, Samples = results.Samples.Select(Flat), results.Figures, results.Failures, results.Notes }, Format));

    private static object Flat(Sample sample) => new
    {
        sample.Work,
        sample.Peer,
        sample.Round,
        Seconds = sample.Figures?.Time.TotalSeconds,
        CpuSeconds = sample.Figures?.CpuByRole.ToDictionary(role => role.Key, role => role.Value.TotalSeconds),
        PeakBytes = sample.Figures?.PeakMemoryByRole,
        ForeignCpuSeconds = sample.Figures?.Foreign.TotalSeconds,
        HarnessCpuSeconds = sample.Figures?.Harness.TotalSeconds,
        sample.Figures?.IsNoisy,
    };
}
