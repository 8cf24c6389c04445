using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using P2PNode.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Transfer;

/// <summary>A piece as it came.</summary>
internal sealed record Piece(uint Tag, PieceStatus Status, int Length, byte[] Bytes);

/// <summary>A bulk server over a folder of files, and the peer's end of a link to it.</summary>
internal sealed class BulkLink : IAsyncDisposable, ILogEventSink
{
    public static readonly NodeId Peer = new(7);

    private readonly TemporaryFolder _space = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeFolder _folder;
    private readonly Connection _far;
    private readonly List<string> _log = [];

    private BulkLink(Socket near, Socket far, Func<NodeFolder, IContentSource>? source, RateLimit limit, TimeProvider clock, TimeProvider linkClock)
    {
        _folder = NodeFolder.Open(_space.Path, Logger.None);
        Layers = new PieceLayers(_folder, Logger.None);
        Files = source?.Invoke(_folder) ?? new FolderFiles(_folder);
        Near = PlainLink.Over(near, TimeProvider.System);
        _far = PlainLink.Over(far, linkClock);
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(this).CreateLogger();
        Serving = new BulkServer(Files, Layers, limit, clock, log).ServeAsync(_far, Peer, _stop.Token);
    }

    public Connection Near { get; }

    public Task Serving { get; }

    /// <summary>Fires when the server gives the link up, or is done with it.</summary>
    public CancellationToken GivenUp => _far.Aborted;

    public PieceLayers Layers { get; }

    public IContentSource Files { get; }

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
                return [.. _log];
        }
    }

    public static async Task<BulkLink> OpenAsync(
        Func<NodeFolder, IContentSource>? source = null, RateLimit? limit = null, TimeProvider? clock = null, TimeProvider? linkClock = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint);
        var far = await listener.AcceptSocketAsync();
        return new BulkLink(
            near, far, source, limit ?? RateLimit.None, clock ?? TimeProvider.System, linkClock ?? TimeProvider.System);
    }

    public string this[string path] => _space[path];

    /// <summary>Puts a file into the folder, and returns a request for all of it.</summary>
    public WantedRange Write(string path, ReadOnlySpan<byte> content)
    {
        using (var file = File.Create(_space[path]))
            file.Write(content);
        return WantAll(path, ContentHasher.Of(content));
    }

    /// <summary>A request for all of a file as it is now.</summary>
    public WantedRange WantAll(string path, ContentRoot root)
    {
        var stamp = _folder.Files.StampOf(path);
        var bytes = new byte[ContentRoot.Size];
        root.CopyTo(bytes);
        return new WantedRange
        {
            Tag = 1,
            Owner = 1,
            Path = path,
            Root = ByteString.CopyFrom(bytes),
            Length = stamp.Size,
            Size = stamp.Size,
            MtimeTicks = stamp.MtimeTicks,
        };
    }

    public async Task AskAsync(params WantedRange[] ranges) =>
        await Near.WriteAsync(FrameType.Want, new Want { Ranges = { ranges } }, WireLimits.ControlBytes);

    /// <summary>Asks for a range and takes all pieces of the answer.</summary>
    public async Task<List<Piece>> GetAsync(WantedRange range)
    {
        await AskAsync(range);
        return await TakeAnswerAsync();
    }

    public async Task<Frame> TakeAsync() =>
        await Near.ReadAsync(WireLimits.BulkBytes, TimeSpan.FromSeconds(20)) ?? throw new EndOfStreamException();

    /// <summary>Takes pieces until one is the last of its range.</summary>
    public async Task<List<Piece>> TakeAnswerAsync()
    {
        List<Piece> pieces = [];
        while (pieces is not [.., { Status: not (PieceStatus.More or PieceStatus.Zeros) }])
        {
            using var frame = await TakeAsync();
            Assert.Equal(FrameType.Parcel, frame.Type);
            pieces.AddRange(PiecesOf(frame));
        }

        return pieces;
    }

    public static List<Piece> PiecesOf(Frame parcel)
    {
        List<Piece> pieces = [];
        var reader = new ParcelReader(parcel.Payload.Span);
        while (reader.TryTake(out var tag, out var status, out var length, out var bytes))
            pieces.Add(new Piece(tag, status, length, bytes.ToArray()));
        return pieces;
    }

    /// <summary>The content that pieces make, with their zeros.</summary>
    public static byte[] ContentOf(List<Piece> pieces) =>
        [.. pieces.SelectMany(piece => piece.Bytes.Length == piece.Length ? piece.Bytes : new byte[piece.Length])];

    public void Emit(LogEvent logEvent)
    {
        lock (_log)
            _log.Add($"{logEvent.Level}: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");
    }

    public async ValueTask DisposeAsync()
    {
        await Near.DisposeAsync();
        await _stop.CancelAsync();
        await Serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _far.DisposeAsync();
        _folder.Dispose();
        _space.Dispose();
        _stop.Dispose();
    }
}

/// <summary>The files of a folder, whoever owns them; says what it was asked, and lets a test in between.</summary>
internal sealed class FolderFiles(NodeFolder folder) : IContentSource
{
    private int _opened;

    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Called before the stamp is told that a file has at the end of its reading.</summary>
    public Action BeforeStamp { get; set; } = () => { };

    /// <summary>Called with the path before a file is opened.</summary>
    public Action<string> OnOpen { get; set; } = _ => { };

    public OpenedFile Open(NodeId owner, FilePath path)
    {
        OnOpen(path.Value);
        Interlocked.Increment(ref _opened);
        return folder.Files.OpenRead(path.Value);
    }

    public FileStamp StampOf(NodeId owner, FilePath path)
    {
        BeforeStamp();
        return folder.Files.StampOf(path.Value);
    }
}
