using System.Text.Json;
using P2PNode.Node;

namespace P2PNode.Tests.Api;

public sealed class ReportJsonTests
{
    private const string TwoJson =
        """{"id":2,"address":"127.0.0.1:5002","state":"alive","name":"NODE2","lastSeen":"2026-01-31T12:00:00.0000000Z"}""";

    [Fact]
    public void A_row_of_a_file_has_the_form_of_the_contract()
    {
        var root = string.Concat(Enumerable.Repeat("ab", 32));
        Assert.Equal(
            $$"""{"peer":2,"path":"docs/Ä <b> 日本.txt","name":"Ä <b> 日本.txt","size":12,"root":"{{root}}","mtime":"2026-01-31T12:00:00.1234567Z","holders":[{"id":2,"address":"127.0.0.1:5002"}]}""",
            JsonSerializer.Serialize(StubNode.File, NodeQueriesJson.FileRow));
    }

    [Fact]
    public void A_status_has_the_form_of_the_contract_and_more_for_people() => Assert.Equal(
        $$"""
        {"id":1,"role":"leader","leader":1,"epoch":7,"links":[2,3],"members":[{{TwoJson}}],"catalogue":{"files":12,"bytes":3456},"pending":{"files":0,"bytes":0,"reasons":[]},"successor":2,"outOfReach":null,"cannotReachLeader":false,"noRoomAt":null,"listings":{"complete":2,"expected":3},"missing":0,"notShared":[],"transfers":[],"seeds":[]}
        """,
        JsonSerializer.Serialize(new StubNode().Report, NodeQueriesJson.Status));

    [Fact]
    public void Without_a_leader_there_is_a_null()
    {
        var report = new StubNode().Report with { Role = NodeRole.Electing, Leader = null };

        Assert.Contains(
            "\"role\":\"electing\",\"leader\":null,",
            JsonSerializer.Serialize(report, NodeQueriesJson.Status));
    }

    [Fact]
    public void What_was_written_is_read_back_the_same()
    {
        var json = JsonSerializer.Serialize([StubNode.File], NodeQueriesJson.FileRows);

        var row = Assert.Single(JsonSerializer.Deserialize(json, NodeQueriesJson.FileRows)!);

        Assert.Equal(StubNode.File with { Holders = row.Holders }, row);
        Assert.Equal(StubNode.File.Holders, row.Holders);
        Assert.Equal(DateTimeKind.Utc, row.Mtime.Kind);
    }
}
