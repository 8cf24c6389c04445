using System.Diagnostics;

namespace P2PNode.Fuzz;

/// <summary>An input that a target did not stand.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Seed">Makes the same input again, together with those of the seeds before it since the target was made.</param>
/// <param name="What">What happened.</param>
/// <param name="Input">The input.</param>
public sealed record Defect(string Target, int Seed, string What, byte[] Input)
{
    public override string ToString() => $"{Target}, seed {Seed}: {What}\n{Convert.ToHexString(Input.AsSpan(0, Math.Min(Input.Length, 512)))}";
}

/// <summary>Gives one target inputs, each of a seed of its own, and looks whether it keeps the rules.</summary>
public sealed class Fuzzer(FuzzTarget target)
{
    /// <summary>No input may hold a thread for longer.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    /// <summary>Looked at the state of the target so often.</summary>
    private const int CheckEvery = 500;

    /// <summary>How many inputs were taken.</summary>
    public int Inputs { get; private set; }

    /// <summary>How many of them the target found nothing wrong with.</summary>
    public int Accepted { get; private set; }

    /// <summary>The most that one input had the target allocate.</summary>
    public long MostBytes { get; private set; }

    /// <summary>Tries the input of a seed; null where the target stood it.</summary>
    public Defect? Try(int seed)
    {
        var input = InputOf(seed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        var failure = Failure(input);
        var (time, bytes) = (Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - before);
        Inputs++;
        MostBytes = Math.Max(MostBytes, bytes);
        if (failure is not null)
            return new Defect(target.Name, seed, failure, input);
        if (bytes > target.MostBytes)
            return new Defect(target.Name, seed, $"{bytes} bytes were allocated for an input of {input.Length}; {target.MostBytes} are allowed", input);
        if (time > MostTime)
            return new Defect(target.Name, seed, $"it took {time.TotalSeconds:0.0} s", input);
        return null;
    }

    private byte[] InputOf(int seed)
    {
        var random = new Random(seed);
        var sample = target.Sample(random);
        return random.Next(4) == 0 ? sample : Mutator.Mutate(sample, () => target.Sample(random), random);
    }

    private string? Failure(byte[] input)
    {
        try
        {
            target.Take(input);
            Accepted++;
        }
        catch (Exception e) when (target.Expects(e))
        {
            // It said that the input is wrong.
        }
        catch (Exception e)
        {
            return e.ToString();
        }

        try
        {
            if (Inputs % CheckEvery == 0)
                target.Check();
            return null;
        }
        catch (Exception e)
        {
            return $"After it: {e.Message}";
        }
    }
}
