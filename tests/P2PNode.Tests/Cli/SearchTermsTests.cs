using P2PNode.Cli.Configuration;

namespace P2PNode.Tests.Cli;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500", 500)]
    [InlineData("500B", 500)]
    [InlineData("10K", 10 << 10)]
    [InlineData("10k", 10 << 10)]
    [InlineData("10 MiB", 10 << 20)]
    [InlineData("1.5G", 3L << 29)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("7E", 7L << 60)]
    public void A_size_is_bytes_or_a_number_with_a_unit(string text, long bytes)
    {
        Assert.True(SearchTerms.TrySize(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("ten")]
    [InlineData("10X")]
    [InlineData("10MM")]
    [InlineData("10Bi")]
    [InlineData("1e3")]
    [InlineData("8E")]
    [InlineData("10MiBs")]
    public void Anything_else_is_no_size(string text) => Assert.False(SearchTerms.TrySize(text, out _));

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T12:30", "2026-01-31T12:30:00Z")]
    [InlineData("2026-01-31 12:30:15", "2026-01-31T12:30:15Z")]
    [InlineData("2026-11-21T19:03:29.3787043Z", "2026-11-21T19:03:29.3787043Z")]
    [InlineData("2026-11-21T19:03Z", "2026-11-21T19:03:00Z")]
    [InlineData("2026-11-21T19:03:29.5", "2026-11-21T19:03:29.5Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.0000001Z")]
    [InlineData("90m", "2026-02-28T22:30:00Z")]
    [InlineData("24h", "2026-02-28T00:00:00Z")]
    [InlineData("7d", "2026-02-22T00:00:00Z")]
    [InlineData("2w", "2026-02-15T00:00:00Z")]
    public void A_time_is_a_day_a_moment_or_a_span_before_now(string text, string utc)
    {
        Assert.True(SearchTerms.TrySince(text, new March(), out var ticks));
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture).UtcTicks, ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("7")]
    [InlineData("-7d")]
    [InlineData("7 days")]
    [InlineData("2026-02-30")]
    [InlineData("31.01.2026")]
    [InlineData("99999999d")]
    [InlineData("2147483647w")]
    [InlineData("2026-01-31T12:30ZZ")]
    [InlineData("7dZ")]
    public void Anything_else_is_no_time(string text) => Assert.False(SearchTerms.TrySince(text, new March(), out _));

    [Theory]
    [InlineData("2026-01-31T12:30", "2026-01-31T07:30:00Z")]
    [InlineData("2026-01-31T12:30Z", "2026-01-31T12:30:00Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.0000001Z")]
    public void Only_a_time_without_Z_is_of_the_clock_on_the_wall(string text, string utc)
    {
        Assert.True(SearchTerms.TrySince(text, new March { Zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(5), null, null) }, out var ticks));
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture).UtcTicks, ticks);
    }

    [Theory]
    [InlineData("2", true)]
    [InlineData("NODE2", true)]
    [InlineData("node2", true)]
    [InlineData("0", false)]
    [InlineData("NODE", false)]
    [InlineData("two", false)]
    public void An_owner_is_an_id_or_the_name_of_a_folder(string text, bool valid)
    {
        Assert.Equal(valid, SearchTerms.TryPeer(text, out var id));
        Assert.Equal(valid ? 2 : 0, id.Value);
    }

    private sealed class March : TimeProvider
    {
        public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

        public override TimeZoneInfo LocalTimeZone => Zone;

        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
