using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Nodes that know nothing but seeds.</summary>
public sealed partial class SeedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("p2pnode-").FullName;
    private readonly List<RunningProcess> _processes = [];
    private readonly Dictionary<int, RunningProcess> _seeds = [];

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n---\n", _processes.Select(process => process.Error)));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nodes_find_one_another_by_seeds_that_come_and_go()
    {
        int[] ports = [Ports.Take(), Ports.Take(), Ports.Take()];
        foreach (var port in ports)
            StartSeed(port);
        var nodes = new List<(RunningProcess Process, int Id)>();
        for (var i = 0; i < 3; i++)
            nodes.Add(await StartNodeAsync(ports));
        await AllKnowAllAsync(nodes);
        await Eventually.HoldsAsync(
            async () => Seeds(await StatusAsync(nodes[0].Id)).Count(state => state == "registered") == 2, "a node is registered with two of three seeds");

        // Each registration is said on the console and in the seed's own log.
        Assert.Contains(ports, port => _seeds[port].Error.Contains($"Node {nodes[0].Id} registered at 127.0.0.1:", StringComparison.Ordinal));
        Assert.All(ports, port => Assert.Equal(
            Registrations().Count(_seeds[port].Error), Registrations().Count(File.ReadAllText(Path.Combine(_folder, $"SEED-{port}", "seed.log")))));

        // Without one of the seeds a newcomer still finds all.
        _seeds[ports[0]].Kill();
        nodes.Add(await StartNodeAsync(ports));
        await AllKnowAllAsync(nodes);

        // All seeds restarted at once have their lists back, and whoever comes then finds all.
        _seeds[ports[1]].Kill();
        _seeds[ports[2]].Kill();
        foreach (var port in ports)
            StartSeed(port);
        await Eventually.HoldsAsync(
            () => ports.Any(port => RestoredSome().IsMatch(_seeds[port].Error)), "a seed begins with those who registered before");
        nodes.Add(await StartNodeAsync(ports));
        await AllKnowAllAsync(nodes);
        await Eventually.HoldsAsync(
            async () => Seeds(await StatusAsync(nodes[0].Id)).Count(state => state == "registered") == 2, "a node registers anew");

        // A death is said by the seeds that had the node registered.
        var last = nodes[^1];
        nodes.Remove(last);
        var had = ports.Where(port => _seeds[port].Error.Contains($"Node {last.Id} registered", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, had.Count);
        last.Process.Kill();
        await Eventually.HoldsAsync(
            () => had.Any(port => _seeds[port].Error.Contains($"Node {last.Id} at 127.0.0.1:", StringComparison.Ordinal) && _seeds[port].Error.Contains(" is dead: ", StringComparison.Ordinal)),
            "a seed says that the node is dead");

        // Who stops by itself says goodbye.
        last = nodes[^1];
        last.Process.Send(ProcessSignal.Terminate);
        await Eventually.HoldsAsync(() => ports.Any(port => _seeds[port].Error.Contains($"Node {last.Id} has left", StringComparison.Ordinal)), "a seed hears the goodbye");
    }

    [Fact]
    public async Task Without_any_seed_nodes_find_those_whom_they_met_before()
    {
        var port = Ports.Take();
        StartSeed(port);
        var nodes = new List<(RunningProcess Process, int Id)> { await StartNodeAsync([port]), await StartNodeAsync([port]) };
        await AllKnowAllAsync(nodes);
        var kept = nodes.Select(node => Path.Combine(_folder, $"NODE{node.Id}", ".p2pnode", "members")).ToList();
        await Eventually.HoldsAsync(() => kept.TrueForAll(File.Exists), "both remember each other");
        _seeds[port].Kill();
        nodes.ForEach(node => node.Process.Kill());

        var again = new List<(RunningProcess Process, int Id)> { await StartNodeAsync([port]), await StartNodeAsync([port]) };

        Assert.Equal(nodes.Select(node => node.Id).Order(), again.Select(node => node.Id).Order());
        await AllKnowAllAsync(again);
    }

    [Fact]
    public async Task A_seed_for_other_machines_needs_a_network()
    {
        var refused = await Executable.RunAsync(_folder, "seed", "--listen", $"0.0.0.0:{Ports.Take()}");

        Assert.Equal(2, refused.Code);
        Assert.Contains("make a network here with 'p2pnode network create'", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Executable.RunAsync(_folder, "seed")).Code);
    }

    [Fact]
    public async Task Of_two_processes_with_one_ID_that_register_the_second_ends_and_both_say_so()
    {
        var port = Ports.Take();
        StartSeed(port);
        var first = await StartNodeAsync([port]);
        await Eventually.HoldsAsync(() => first.Process.Error.Contains("Registered with seed", StringComparison.Ordinal), "the first one is registered");

        using var second = Executable.Start(
            _folder, "--id", first.Id.ToString(CultureInfo.InvariantCulture), "--folder", Path.Combine(_folder, "elsewhere"), "--listen", $"127.0.0.1:{Ports.Take()}", "--seed", $"127.0.0.1:{port}");

        Assert.Equal(7, await second.ExitAsync(Eventually.Deadline));
        Assert.Contains($"another process runs as node {first.Id} at 127.0.0.1:", second.Error, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => first.Process.Error.Contains("Another process says that it is this node", StringComparison.Ordinal), "the first one says so");
        Assert.False(first.Process.HasEnded);
        Assert.Single(Registrations().Matches(_seeds[port].Error));
    }

    [Fact]
    public async Task A_seed_is_invited_joins_and_serves()
    {
        var ca = Directory.CreateDirectory(Path.Combine(_folder, "ca")).FullName;
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        Assert.Equal(0, (await Executable.RunAsync(ca, "network", "create")).Code);
        var (at, first, second) = (Ports.Take(), Ports.Take(), Ports.Take());
        StartSeed(first, ca);
        await Eventually.HoldsAsync(() => _seeds[first].Error.Contains("Seed listens at", StringComparison.Ordinal), "the seed listens");
        var token = JsonElement.Parse((await Executable.RunAsync(ca, "network", "invite", "--seed", "--json")).Output).GetProperty("token").GetString()!;

        var joined = await Executable.RunAsync(elsewhere, "network", "join", token, "--seed", $"127.0.0.1:{first}", "--folder", "mine");
        Assert.True(joined.Code == 0, joined.Error);
        StartSeed(second, elsewhere, "--folder", "mine");

        using var node = Executable.Start(ca, "--id", "1", "--listen", $"127.0.0.1:{at}", "--seed", $"127.0.0.1:{second}");
        await Eventually.HoldsAsync(() => node.Error.Contains($"Registered with seed 127.0.0.1:{second}", StringComparison.Ordinal), "the node registers with the seed that joined");

        // A seed is no node: nothing starts as one with what a seed joined as.
        var asNode = await Executable.RunAsync(elsewhere, "--id", "5", "--listen", $"127.0.0.1:{Ports.Take()}", "--seed", $"127.0.0.1:{first}", "--folder", "mine");
        Assert.Equal(2, asNode.Code);
    }

    [GeneratedRegex(@"Node (\d+) starts at 127\.0\.0\.1:\d+, ")]
    private static partial Regex Starts();

    [GeneratedRegex(@"Node \d+ registered at ")]
    private static partial Regex Registrations();

    [GeneratedRegex(@"with [1-9]\d* registered from before")]
    private static partial Regex RestoredSome();

    private void StartSeed(int port, string? folder = null, params string[] options)
    {
        var seed = Executable.Start(folder ?? _folder, ["seed", "--listen", $"127.0.0.1:{port}", .. options]);
        _processes.Add(seed);
        _seeds[port] = seed;
    }

    private async Task<(RunningProcess Process, int Id)> StartNodeAsync(int[] seeds)
    {
        var node = Executable.Start(_folder, seeds.SelectMany(port => new[] { "--seed", $"127.0.0.1:{port}" }));
        _processes.Add(node);
        await Eventually.HoldsAsync(() => Starts().IsMatch(node.Error) || node.HasEnded, "the node starts");
        Assert.False(node.HasEnded, node.Error);
        return (node, int.Parse(Starts().Match(node.Error).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private async Task AllKnowAllAsync(List<(RunningProcess Process, int Id)> nodes) => await Eventually.HoldsAsync(
        async () =>
        {
            foreach (var (_, id) in nodes)
            {
                if (await StatusAsync(id) is not { } status)
                    return false;
                var alive = status.GetProperty("members").EnumerateArray()
                    .Where(member => member.GetProperty("state").GetString() == "alive")
                    .Select(member => member.GetProperty("id").GetInt32());
                if (!nodes.Select(node => node.Id).Where(other => other != id).All(alive.Contains))
                    return false;
            }

            return true;
        },
        $"{nodes.Count} nodes know one another");

    private async Task<JsonElement?> StatusAsync(int id)
    {
        var status = await Executable.RunAsync(_folder, "status", "--id", id.ToString(CultureInfo.InvariantCulture), "--json");
        return status.Code == 0 ? JsonElement.Parse(status.Output) : null;
    }

    private static IEnumerable<string?> Seeds(JsonElement? status) =>
        status?.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetProperty("state").GetString()) ?? [];
}
