namespace P2PNode.Fuzz;

/// <summary>A part of the program that takes bytes from outside. For one thread; keeps its state from input to input.</summary>
public abstract class FuzzTarget : IDisposable
{
    public abstract string Name { get; }

    /// <summary>What one input may have it allocate.</summary>
    public abstract long MostBytes { get; }

    /// <summary>A correct input, another one each time.</summary>
    public abstract byte[] Sample(Random random);

    /// <summary>Takes an input, on this thread to the end. Throws what <see cref="Expects"/>, or it is a defect.</summary>
    public abstract void Take(byte[] input);

    /// <summary>Whether this is how the part says that an input is wrong.</summary>
    public abstract bool Expects(Exception e);

    /// <summary>What is to hold after many inputs; throws where it does not.</summary>
    public virtual void Check()
    {
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
