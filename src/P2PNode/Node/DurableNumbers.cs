using System.Globalization;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>Numbers in one small file that is replaced whole and durably: what a node must not forget over a restart.</summary>
internal sealed class DurableNumbers(string path)
{
    /// <summary>The numbers; all zero when the file was never written.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public long[] Read(int count)
    {
        if (!File.Exists(path))
            return new long[count];
        var words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new long[count];
        for (var i = 0; i < count; i++)
        {
            if (words.Length != count || !long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                throw new InvalidDataException($"{path} is damaged: it should hold {count} numbers.");
        }

        return numbers;
    }

    /// <summary>Returns once the numbers are on disk.</summary>
    public void Write(params ReadOnlySpan<long> numbers)
    {
        var text = string.Join(' ', numbers.ToArray().Select(number => number.ToString(CultureInfo.InvariantCulture)));
        AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(text + "\n"));
    }
}
