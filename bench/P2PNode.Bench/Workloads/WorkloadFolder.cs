namespace P2PNode.Bench.Workloads;

/// <summary>A workload on disk, made once and kept: a folder for each owner.</summary>
internal sealed class WorkloadFolder
{
    private readonly string _folder;

    private WorkloadFolder(string folder, Workload workload) => (_folder, Workload) = (folder, workload);

    public Workload Workload { get; }

    public string Of(int owner) => Path.Combine(_folder, $"NODE{owner}");

    /// <summary>Makes the files, unless an earlier run made them in full.</summary>
    /// <param name="dataFolder">Where workloads are kept.</param>
    /// <param name="workload">What to make.</param>
    /// <param name="stop">Ends it half-way; the next run begins anew.</param>
    public static WorkloadFolder Provide(string dataFolder, Workload workload, CancellationToken stop)
    {
        var folder = Path.Combine(dataFolder, $"{workload.Name}-{workload.Files.Count}-{workload.Bytes}");
        var complete = folder + ".complete";
        var made = new WorkloadFolder(folder, workload);
        if (File.Exists(complete))
            return made;
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        made.Write(stop);
        File.WriteAllBytes(complete, []);
        return made;
    }

    /// <summary>The same files in another folder.</summary>
    public WorkloadFolder PlaceIn(string folder)
    {
        var placed = new WorkloadFolder(folder, Workload);
        foreach (var owner in Workload.Owners)
            FolderView.Create(Of(owner), placed.Of(owner));
        return placed;
    }

    private void Write(CancellationToken stop)
    {
        using var bytes = new RandomBytes(Workload.Name);
        foreach (var file in Workload.Files)
        {
            var path = Path.Combine(Of(file.Owner), file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            for (var at = 0L; at < file.Size;)
            {
                stop.ThrowIfCancellationRequested();
                var piece = bytes.Take(file.Size - at);
                RandomAccess.Write(handle, piece, at);
                at += piece.Length;
            }
        }
    }
}
