using System.Text.RegularExpressions;

namespace P2PNode.Tests.Architecture;

/// <summary>docs/security.md names the test that shows each of its claims.</summary>
public sealed partial class SecurityDocumentTests
{
    private static readonly string Root = FindRoot();

    /// <summary>The sources of both test projects: this one does not know the other's types.</summary>
    private static readonly string[] Sources =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];

    public static TheoryData<string> Named =>
        [.. Names().Matches(File.ReadAllText(Path.Combine(Root, "docs", "security.md"))).Select(name => name.Groups[1].Value).Distinct()];

    [Theory]
    [MemberData(nameof(Named))]
    public void Every_test_that_is_named_exists(string name)
    {
        var words = name.Split('.');
        var type = Array.FindIndex(words, word => word.EndsWith("Tests", StringComparison.Ordinal) || word.EndsWith("Properties", StringComparison.Ordinal));
        var project = words[0] == "EndToEnd" ? "P2PNode.EndToEnd" : "P2PNode.Tests";
        var folder = type == 1 && words[0] != "EndToEnd" ? $".{words[0]}" : "";

        var found = Sources.Where(source =>
            Regex.IsMatch(source, $@"^namespace {project}{(folder.Length > 0 ? Regex.Escape(folder) + ";" : @"[\w.]*;")}", RegexOptions.Multiline)
            && Regex.IsMatch(source, $@"\bclass {words[type]}\b")
            && (type == words.Length - 1 || Regex.IsMatch(source, $@"^    public .*\b{words[^1]}\(", RegexOptions.Multiline)));

        Assert.Single(found);
    }

    [Fact]
    public void The_tests_of_the_tables_are_found() => Assert.InRange(Named.Count, 40, 200);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "P2PNode.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>A class of tests, with one of its tests or without, as it stands between backticks.</summary>
    [GeneratedRegex(@"`((?:\w+\.)?\w+(?:Tests|Properties)(?:\.\w+)?)`")]
    private static partial Regex Names();
}
