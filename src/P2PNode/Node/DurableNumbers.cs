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
        if (CheckedText.Read(path, acceptsUnchecked: true) is not { } text)
            return null;
        var words = text[..^1].Split(' ');
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
        CheckedText.Write(path, text.ToString());
    }

    private InvalidDataException Damaged() => new($"{path} is damaged: it should hold numbers.");
}
