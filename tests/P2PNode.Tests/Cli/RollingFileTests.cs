using P2PNode.Cli.Logging;
using P2PNode.Tests.Api;
using Serilog;
using Serilog.Formatting.Display;

namespace P2PNode.Tests.Cli;

public sealed class RollingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, "seed.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_appended_over_restarts_and_a_full_file_gives_way()
    {
        Write("one", "two");
        Write("three");
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(Path).ReplaceLineEndings("\n"));

        Write(new string('x', 100), "after");

        Assert.StartsWith("one", File.ReadAllText(Path + ".1"), StringComparison.Ordinal);
        Assert.Equal("after\n", File.ReadAllText(Path).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_file_that_cannot_be_written_ends_nothing()
    {
        Directory.CreateDirectory(Path);

        Write("one");

        Assert.True(Directory.Exists(Path));
    }

    [Fact]
    public void A_full_disk_ends_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a file that is always full.");
        File.CreateSymbolicLink(Path, "/dev/full");

        Write("one");

        Assert.NotNull(new FileInfo(Path).LinkTarget);
    }

    private void Write(params string[] lines)
    {
        using var log = new LoggerConfiguration()
            .WriteTo.Sink(new RollingFile(Path, new MessageTemplateTextFormatter("{Message:lj}{NewLine}"), mostBytes: 100))
            .CreateLogger();
        foreach (var line in lines)
            log.Information("{Line:l}", line);
    }
}
