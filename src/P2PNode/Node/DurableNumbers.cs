using System.Globalization;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>Numbers in one small file that is replaced whole and durably: what a node must not forget over a restart.</summary>
internal sealed class DurableNumbers(string path)
{
    /// <summary>What complaints call it.</summary>
    public string Path => path;

    /// <summary>The numbers, none below zero; null when the file was never written.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public long[]? Read()
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder, where a file should be; move it away.");
        if (!File.Exists(path))
            return null;
        var text = File.ReadAllText(path);
        if (!text.EndsWith('\n'))
            throw Damaged(); // Cut off: the last number may lack digits.
        var words = text.TrimEnd('\n').Split(' ');
        var numbers = new long[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                throw Damaged();
        }

        return numbers;
    }

    /// <summary>Returns once the numbers are on disk.</summary>
    public void Write(params ReadOnlySpan<long> numbers)
    {
        var text = new System.Text.StringBuilder();
        foreach (var number in numbers)
            text.Append(CultureInfo.InvariantCulture, $"{number} ");
        text[^1] = '\n';
        AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(text.ToString()));
    }

    private InvalidDataException Damaged() => new($"{path} is damaged: it should hold numbers.");
}
