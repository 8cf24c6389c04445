using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>What Syncthing says of a folder.</summary>
internal sealed record SyncthingStatus(string State, int GlobalFiles, int LocalFiles, int NeedFiles, long NeedBytes);

/// <summary>One process of Syncthing with its certificate, and the questions that are put to it.</summary>
internal sealed class SyncthingDevice
{
    public const string Key = "benchmark";

    private static readonly HttpClient Http = new() { DefaultRequestHeaders = { { "X-API-Key", Key } } };

    private readonly Stage _stage;
    private readonly string _role;
    private RunningProcess? _process;

    private SyncthingDevice(Stage stage, string name, string folder, string role)
    {
        (_stage, _role, Name, Folder) = (stage, role, name, folder);
        Home = stage.PathOf("syncthing-" + name);
    }

    public string Name { get; }

    public string Folder { get; }

    public string Home { get; }

    public string Id { get; private set; } = "";

    public int Port { get; } = Ports.Take();

    public int ApiPort { get; } = Ports.Take();

    /// <summary>Makes a certificate, which the ID follows from; the configuration is still to be written.</summary>
    public static async Task<SyncthingDevice> CreateAsync(
        Stage stage, string name, string folder, string role, CancellationToken stop)
    {
        var device = new SyncthingDevice(stage, name, folder, role);
        await stage.Roles.Start(role, "syncthing", "generate", "--home=" + device.Home).SucceedAsync(stop);
        var asked = stage.Roles.Start(role, "syncthing", "--home=" + device.Home, "--device-id");
        await asked.SucceedAsync(stop);
        device.Id = asked.LinesFrom(0)[0].Text.Trim();
        return device;
    }

    public void Start()
    {
        var start = new ProcessStartInfo(
            "syncthing", ["serve", "--home=" + Home, "--no-browser", "--no-restart", "--logfile=" + Path.Combine(Home, "log")]);
        start.Environment["STNOUPGRADE"] = "1";
        start.Environment["HOME"] = Home;
        _process = _stage.Roles.Start(_role, start);
    }

    /// <summary>Null while it does not answer.</summary>
    public async Task<SyncthingStatus?> StatusAsync(CancellationToken stop)
    {
        _process!.ThrowIfEnded();
        try
        {
            return await Http.GetFromJsonAsync<SyncthingStatus>(Url("db/status?folder=data"), stop);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>How many others it is connected with.</summary>
    public async Task<int> ConnectionsAsync(CancellationToken stop)
    {
        var answer = await Http.GetFromJsonAsync<JsonElement>(Url("system/connections"), stop);
        return answer.GetProperty("connections").EnumerateObject().Count(one => one.Value.GetProperty("connected").GetBoolean());
    }

    public Task StopAsync() => _process?.StopAsync() ?? Task.CompletedTask;

    private Uri Url(string question) => new($"http://127.0.0.1:{ApiPort}/rest/{question}");
}
