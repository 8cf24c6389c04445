using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;

namespace P2PNode.Api;

/// <summary>Asks the node that runs with a folder, over its local endpoint.</summary>
public sealed class LocalClient : IDisposable
{
    /// <summary>Longer than the endpoint takes to say itself that the answer is late.</summary>
    private static readonly TimeSpan Patience = LocalRequests.AnswerTimeout + TimeSpan.FromSeconds(5);

    /// <summary>The same for what begins with a search.</summary>
    private static readonly TimeSpan SearchPatience = LocalRequests.SearchTimeout + TimeSpan.FromSeconds(5);

    /// <summary>A process that cannot start does not wait for a node that stands still.</summary>
    private static readonly TimeSpan TellingPatience = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http;
    private readonly string _folder;

    /// <param name="folder">The absolute path of the node's folder.</param>
    public LocalClient(string folder)
    {
        _folder = folder;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://node"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether a node runs with this folder.</summary>
    public static bool IsServed(string folder)
    {
        try
        {
            using var path = LocalSocketPath.Open(folder);
            return IsServed(path);
        }
        catch (IOException)
        {
            return false; // There is no state folder, or none that could hold a socket.
        }
    }

    /// <exception cref="LocalRequestException">The node is not running, or cannot answer.</exception>
    public Task<StatusReport> StatusAsync(CancellationToken stop) =>
        GetAsync("/v1/status", NodeQueriesJson.Status, stop);

    /// <inheritdoc cref="StatusAsync"/>
    public Task<IReadOnlyList<MemberReport>> MembersAsync(CancellationToken stop) =>
        GetAsync("/v1/members", NodeQueriesJson.Members, stop);

    /// <inheritdoc cref="INodeQueries.FilesAsync"/>
    /// <exception cref="LocalRequestException">The node is not running, or cannot answer.</exception>
    public Task<FilesReport> FilesAsync(FileQuery query, CancellationToken stop) =>
        GetAsync("/v1/files" + FileQueryParameters.Write(query), NodeQueriesJson.Files, stop, SearchPatience);

    /// <inheritdoc cref="INodeQueries.Rescan"/>
    /// <exception cref="LocalRequestException">The node is not running, or cannot answer.</exception>
    public Task<StatusReport> RescanAsync(bool acceptLoss, CancellationToken stop) =>
        SendAsync(HttpMethod.Post, acceptLoss ? "/v1/rescan?acceptLoss=true" : "/v1/rescan", NodeQueriesJson.Status, stop);

    /// <inheritdoc cref="INodeQueries.SayAsync"/>
    /// <exception cref="LocalRequestException">The node is not running, or does not say it.</exception>
    public async Task<SayReport> SayAsync(string text, CancellationToken stop)
    {
        using var message = Post("/v1/say", new SayRequest(text), NodeQueriesJson.SayRequest);
        return await SendAsync(message, NodeQueriesJson.SayReport, stop);
    }

    /// <inheritdoc cref="INodeQueries.ConnectAsync"/>
    /// <exception cref="LocalRequestException">The node is not running, or got no link.</exception>
    public Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken stop) =>
        SendAsync(HttpMethod.Post, $"/v1/connect?address={Uri.EscapeDataString(address.ToString())}", NodeQueriesJson.Connect, stop);

    /// <inheritdoc cref="INodeQueries.DiagnoseAsync"/>
    /// <exception cref="LocalRequestException">The node is not running, or cannot answer.</exception>
    public Task<IReadOnlyList<ReachReport>> DiagnoseAsync(CancellationToken stop) =>
        SendAsync(HttpMethod.Post, "/v1/diagnose", NodeQueriesJson.Diagnosis, stop);

    /// <summary>
    /// Tells the node that runs with a folder, if one does and can be told in a short while, that this process was refused
    /// by the lock of the folder.
    /// </summary>
    public static async Task TellOfRefusedStartAsync(string folder, CancellationToken stop)
    {
        using var client = new LocalClient(folder);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TellingPatience);
        try
        {
            await client.SendAsync(HttpMethod.Post, $"/v1/refused-start?process={Environment.ProcessId}", NodeQueriesJson.Status, patience.Token);
        }
        catch (Exception e) when (e is LocalRequestException or OperationCanceledException)
        {
            // Whoever holds the folder takes no word of this; the refusal stands without it.
        }
    }

    /// <inheritdoc cref="INodeQueries.GetAsync"/>
    /// <exception cref="LocalRequestException">The node is not running, cannot find what is meant, or ended midway.</exception>
    public async IAsyncEnumerable<GetLine> GetAsync(GetRequest request, [EnumeratorCancellation] CancellationToken stop)
    {
        using var message = Post("/v1/get", request, NodeQueriesJson.GetRequest);
        using var response = await AskAsync(message, stop, SearchPatience);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
        GetLine line;
        do
        {
            line = await TranslateAsync(async () => JsonSerializer.Deserialize(await lines.ReadLineAsync(stop) ?? "", NodeQueriesJson.GetLine), stop)
                ?? throw new LocalRequestException(ExitCode.Failed, "The node broke off its answer.");
            yield return line;
        }
        while (line.Totals is null);
    }

    /// <inheritdoc cref="INodeQueries.LeaveAsync"/>
    /// <exception cref="LocalRequestException">The node is not running, or goes on, and why.</exception>
    public async IAsyncEnumerable<LeaveLine> LeaveAsync(TimeSpan timeout, [EnumeratorCancellation] CancellationToken stop)
    {
        var route = string.Create(CultureInfo.InvariantCulture, $"/v1/leave?timeout={timeout.TotalSeconds:0.###}");
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(route, UriKind.Relative));
        using var response = await AskAsync(message, stop);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
        LeaveLine line;
        do
        {
            line = await TranslateAsync(async () => LeaveLineOf(await lines.ReadLineAsync(stop) ?? ""), stop);
            yield return line;
        }
        while (line.Left is null);
    }

    public void Dispose() => _http.Dispose();

    internal static bool IsServed(LocalSocketPath path)
    {
        using var socket = CreateSocket();
        try
        {
            socket.Connect(path.EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Task<T> GetAsync<T>(string route, JsonTypeInfo<T> json, CancellationToken stop, TimeSpan? patience = null) =>
        SendAsync(HttpMethod.Get, route, json, stop, patience);

    private async Task<T> SendAsync<T>(HttpMethod method, string route, JsonTypeInfo<T> json, CancellationToken stop, TimeSpan? patience = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(route, UriKind.Relative));
        return await SendAsync(request, json, stop, patience);
    }

    private static HttpRequestMessage Post<T>(string route, T body, JsonTypeInfo<T> json) => new(HttpMethod.Post, new Uri(route, UriKind.Relative))
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, json)),
    };

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> json, CancellationToken stop, TimeSpan? patience = null)
    {
        using var response = await AskAsync(request, stop, patience);
        return await TranslateAsync(async () => await ReadAsync(await response.Content.ReadAsStreamAsync(stop), json, stop), stop);
    }

    private static LeaveLine LeaveLineOf(string text) => JsonSerializer.Deserialize(text, NodeQueriesJson.LeaveLine) switch
    {
        { Progress: null, Left: null } => JsonSerializer.Deserialize(text, LocalError.Json) is { Error: { } sentence, Code: var code }
            ? throw new LocalRequestException(code, sentence)
            : throw new JsonException("The answer says nothing."),
        { } line => line,
        null => throw new JsonException("The answer is empty."),
    };

    /// <summary>The answer of a node that does what it is asked; it ends with the request for the caller to dispose.</summary>
    private Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken stop, TimeSpan? patience = null) => TranslateAsync(
        async () =>
        {
            var response = await BeginAsync(request, patience ?? Patience, stop);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                var error = await ReadAsync(await response.Content.ReadAsStreamAsync(stop), LocalError.Json, stop);
                throw new LocalRequestException(error.Code, error.Error) { Candidates = error.Candidates ?? [] };
            }
        },
        stop);

    /// <summary>Returns when the answer begins.</summary>
    private async Task<HttpResponseMessage> BeginAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        either.CancelAfter(patience);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new LocalRequestException(ExitCode.Failed, $"The node did not answer within {patience.TotalSeconds:0} seconds.", e);
        }
    }

    /// <summary>Says in a sentence what went wrong between the command and the node.</summary>
    private static async Task<T> TranslateAsync<T>(Func<Task<T>> ask, CancellationToken stop)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e) when (e.InnerException is LocalRequestException reason)
        {
            throw reason;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new LocalRequestException(ExitCode.Failed, "The node broke off its answer.", e);
        }
    }

    private static async Task<T> ReadAsync<T>(Stream body, JsonTypeInfo<T> json, CancellationToken stop) =>
        await JsonSerializer.DeserializeAsync(body, json, stop) ?? throw new JsonException("The answer is empty.");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = CreateSocket();
        try
        {
            using var path = LocalSocketPath.Open(_folder);
            await socket.ConnectAsync(path.EndPoint, stop);
            if (OperatingSystem.IsLinux() && !OwnUserOnly.Admits(OwnUserOnly.Self(), self: OwnUserOnly.UserBehind(socket)))
                throw new SocketException((int)SocketError.AccessDenied); // The socket was opened up; the node hangs up all the same.
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            socket.Dispose();
            throw new LocalRequestException(ExitCode.Refused, $"The node in {_folder} belongs to another user.", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose();
            throw new LocalRequestException(ExitCode.NotRunning, $"No node runs with the folder {_folder}.", e);
        }
    }

    private static Socket CreateSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
