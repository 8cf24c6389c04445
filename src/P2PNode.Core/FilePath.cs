using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace P2PNode.Core;

/// <summary>
/// The name of a file or folder on the network: relative to its owner's folder, '/' between the parts, NFC. An instance
/// is proof that the name is harmless on every platform; what is not, is refused and never cleaned (design 5, Names).
/// Ordered and compared by ordinal.
/// </summary>
public sealed class FilePath : IComparable<FilePath>, IEquatable<FilePath>
{
    /// <summary>The longest path in UTF-8 bytes.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The longest part of a path in UTF-8 bytes; what Linux file systems allow.</summary>
    public const int MaxPartBytes = 255;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(ForbiddenCharacters());

    /// <summary>Names that the program keeps for itself at the top of a node's folder (design 2.1).</summary>
    private static readonly string[] Reserved = ["peers", "shared", "peer_files.log", ".p2pnode"];

    /// <summary>Names that Windows takes for devices in every folder, whatever their extension.</summary>
    private static readonly string[] Devices = ["con", "prn", "aux", "nul", "conin$", "conout$"];

    private FilePath(string value) => Value = value;

    public string Value { get; }

    /// <summary>The last part of the path.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>Accepts a name that may travel; otherwise says why not, in words that complete "…: ".</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out FilePath? path,
        [NotNullWhen(false)] out string? reason)
    {
        reason = Fault(text);
        path = reason is null ? new FilePath(text) : null;
        return reason is null;
    }

    /// <summary>Reads a name that this program validated before, or that a test wrote.</summary>
    /// <exception cref="FormatException">The name may not travel; the message says why.</exception>
    public static FilePath Parse(string text) =>
        TryParse(text, out var path, out var reason) ? path : throw new FormatException($"'{text}': {reason}.");

    public int CompareTo(FilePath? other) => string.CompareOrdinal(Value, other?.Value);

    public bool Equals(FilePath? other) => other is not null && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as FilePath);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Value;

    private static string? Fault(string text)
    {
        if (text.Length == 0)
            return "the name is empty";
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return $"the path is longer than {MaxBytes} bytes";
        if (text.AsSpan().ContainsAny(Forbidden))
            return "it contains a control character, a backslash or a colon";
        if (!Ascii.IsValid(text) && UnicodeFault(text) is { } fault)
            return fault;

        var top = true;
        foreach (var range in text.AsSpan().Split('/'))
        {
            if (PartFault(text.AsSpan()[range], top) is { } partFault)
                return partFault;
            top = false;
        }

        return null;
    }

    private static string? PartFault(ReadOnlySpan<char> part, bool top)
    {
        if (part.Length == 0)
            return "it is absolute or has an empty part";
        if (part is "." or "..")
            return "it has a part '.' or '..'";
        if (part[^1] is '.' or ' ')
            return "a part ends with a dot or a space";
        if (Encoding.UTF8.GetByteCount(part) > MaxPartBytes)
            return $"a part is longer than {MaxPartBytes} bytes";
        if (IsWindowsDevice(part))
            return "a part is a device name of Windows";

        return top && IsReserved(part) ? "its first part is a name that the program keeps for itself" : null;
    }

    private static string? UnicodeFault(string text)
    {
        if (!IsWellFormed(text))
            return "it is not valid Unicode";

        // Only for assigned characters is the normal form the same in every version of Unicode (UAX #15, 12.2).
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherNotAssigned)
                return "it contains a character that Unicode does not define";
        }

        return text.IsNormalized(NormalizationForm.FormC) ? null : "it is not in Unicode normal form C";
    }

    /// <summary>
    /// Whether some file system could take the name for a reserved one. Those that fold case fold 'ſ' and 'ﬁ' too (APFS),
    /// some skip what is not visible (HFS+, ext4; Git was open to this, CVE-2014-9390), and Windows has short names.
    /// </summary>
    private static bool IsReserved(ReadOnlySpan<char> part)
    {
        Span<char> buffer = stackalloc char[MaxPartBytes];
        var plain = Ascii.IsValid(part) ? part : buffer[..WritePlain(part, buffer)];
        foreach (var reserved in Reserved)
        {
            if (plain.Equals(reserved, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return IsShortNameOfReserved(plain);
    }

    /// <summary>Writes the part as the most forgiving file system reads it; returns the number of characters.</summary>
    private static int WritePlain(ReadOnlySpan<char> part, Span<char> destination)
    {
        var length = 0;
        foreach (var rune in part.EnumerateRunes())
        {
            if (IsInvisible(rune))
                continue;
            if (rune.Value == 'ﬁ')
                destination[length++] = 'f';
            length += rune.Value switch
            {
                'ﬁ' => new Rune('i').EncodeToUtf16(destination[length..]),
                'ſ' => new Rune('s').EncodeToUtf16(destination[length..]),
                _ => rune.EncodeToUtf16(destination[length..]),
            };
        }

        return length;
    }

    /// <summary>Unicode's Default_Ignorable_Code_Point, as far as the characters are assigned.</summary>
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0
            or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>
    /// What Windows may call '.p2pnode' and 'peer_files.log' beside their names: P2PNOD~1 and PEER_F~1.LOG, or with a hash
    /// P2xxxx~1 and PExxxx~1.LOG. The other reserved names are short enough to have no second one.
    /// </summary>
    private static bool IsShortNameOfReserved(ReadOnlySpan<char> part)
    {
        var stem = part[..(part.IndexOf('.') is var dot && dot < 0 ? part.Length : dot)];
        var tilde = stem.IndexOf('~');
        var number = stem[(tilde + 1)..];
        if (tilde < 0 || stem.Length > 8 || number.IsEmpty || number.ContainsAnyExceptInRange('0', '9'))
            return false;
        return part[stem.Length..].Equals(".log", StringComparison.OrdinalIgnoreCase)
            ? stem.StartsWith("pe", StringComparison.OrdinalIgnoreCase)
            : stem.Length == part.Length && stem.StartsWith("p2", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>One of <see cref="Devices"/>, or COM or LPT with a digit or ¹, ², ³; spaces before the dot do not count.</summary>
    private static bool IsWindowsDevice(ReadOnlySpan<char> part)
    {
        var dot = part.IndexOf('.');
        var stem = (dot < 0 ? part : part[..dot]).TrimEnd(' ');
        foreach (var device in Devices)
        {
            if (stem.Equals(device, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return stem.Length == 4
            && (stem[3] is (>= '0' and <= '9') or '¹' or '²' or '³')
            && (stem.StartsWith("com", StringComparison.OrdinalIgnoreCase)
                || stem.StartsWith("lpt", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether every surrogate is one of a pair.</summary>
    internal static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static string ForbiddenCharacters()
    {
        var controls = Enumerable.Range(0, 0x20).Append(0x7F).Concat(Enumerable.Range(0x80, 0x20)).Select(c => (char)c);
        return new string([.. controls, '\\', ':']);
    }
}
