namespace P2PNode.Bench.Workloads;

/// <summary>The workloads that the project's goals are about.</summary>
internal static class StandardWorkloads
{
    private const long MiB = 1 << 20;
    private const int FirstOwner = 2;

    public static IReadOnlyList<string> Names => ["W1B", "W1C", "W2", "W3", "W6"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="scale">1 for the real size; less for a try: fewer files, and smaller ones where they are large.</param>
    public static Workload Create(string name, double scale) => name switch
    {
        "W1B" => new Workload(name, "one file of 4 GiB, one owner", Large(1, 4096 * MiB, scale)),
        "W1C" => new Workload(name, "4 files of 256 MiB", Large(4, 256 * MiB, scale)),
        "W2" => new Workload(name, "10,000 files of 4 to 64 KiB", Small(Count(10_000, scale))),
        "W3" => new Workload(name, "2,000 files, 1 GiB", Mixed(Count(2_000, scale), 1024 * MiB * scale)),
        "W6" => new Workload(name, "100,000 files of 1 KiB", Tiny(Count(100_000, scale))),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static int Count(int files, double scale) => Math.Max(4, (int)(files * scale));

    /// <summary>The first half belongs to the first owner.</summary>
    private static int OwnerOf(int file, int files) => FirstOwner + (file * 2 / files);

    private static List<WorkloadFile> Large(int files, long size, double scale) =>
        [.. Enumerable.Range(0, files).Select(i =>
            new WorkloadFile(OwnerOf(i, Math.Max(files, 2)), $"big{i}.bin", (long)(size * scale)))];

    private static List<WorkloadFile> Small(int files)
    {
        var chance = new Random(2);
        return [.. Enumerable.Range(0, files).Select(i => new WorkloadFile(
            OwnerOf(i, files),
            $"dir{Part(i, files, 100):000}/file{i:00000}.bin",
            (long)Math.Exp(Between(chance, Math.Log(4096), Math.Log(65536)))))];
    }

    /// <summary>Log-normal sizes, most of them small and most of the bytes in a few, in folders three deep.</summary>
    private static List<WorkloadFile> Mixed(int files, double bytes)
    {
        var chance = new Random(3);
        var weights = Enumerable.Range(0, files).Select(_ => Math.Exp(1.8 * Normal(chance))).ToList();
        var unit = bytes / weights.Sum();
        return [.. weights.Select((weight, i) =>
        {
            var folder = Part(i, files, 120);
            var path = $"part{folder / 24:00}/grp{folder / 4:000}/d{folder:000}/obj{i:00000}.dat";
            return new WorkloadFile(OwnerOf(i, files), path, Math.Max(1, (long)(weight * unit)));
        })];
    }

    private static List<WorkloadFile> Tiny(int files) =>
        [.. Enumerable.Range(0, files).Select(i =>
            new WorkloadFile(OwnerOf(i, files), $"d{Part(i, files, 1000):0000}/f{i:000000}.txt", 1024))];

    private static int Part(int file, int files, int parts) => (int)((long)file * parts / files);

    private static double Between(Random chance, double low, double high) => low + (chance.NextDouble() * (high - low));

    /// <summary>The Box-Muller transform.</summary>
    private static double Normal(Random chance) =>
        Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
