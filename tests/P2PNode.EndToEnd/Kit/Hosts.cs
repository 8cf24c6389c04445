using System.Diagnostics;
using System.Globalization;

namespace P2PNode.EndToEnd.Kit;

/// <summary>
/// Machines of their own as far as the network goes: network namespaces, numbered from 1, each with a cable to a switch.
/// There are two switches with a trunk between them. Host 3 has the address 10.77.0.3/24, or only that of its link and
/// fd77::3/64. Needs the rights of root.
/// </summary>
internal sealed class Hosts : IDisposable
{
    private static int _created;

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"p2p{Environment.ProcessId}x{Interlocked.Increment(ref _created)}");
    private readonly List<string> _namespaces = [];
    private readonly bool _hasIPv6Only;

    /// <param name="left">How many are at the first switch.</param>
    /// <param name="right">How many are at the second one.</param>
    /// <param name="hasIPv6Only">Whether they have no IPv4 address.</param>
    public Hosts(int left, int right = 0, bool hasIPv6Only = false)
    {
        _hasIPv6Only = hasIPv6Only;
        try
        {
            AddNamespace(Switch);
            foreach (var name in new[] { "left", "right" })
            {
                InSwitch($"link add name {name} type bridge");
                InSwitch($"link set {name} up");
            }

            InSwitch("link add name trunk1 type veth peer name trunk2");
            InSwitch("link set trunk1 master left up");
            InSwitch("link set trunk2 master right up");
            for (var number = 1; number <= left + right; number++)
                AddHost(number, number <= left ? "left" : "right");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string Switch => _prefix + "sw";

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "only Linux has network namespaces";
        var name = string.Create(CultureInfo.InvariantCulture, $"p2p{Environment.ProcessId}try{Interlocked.Increment(ref _created)}");
        try
        {
            Ip($"netns add {name}");
            try
            {
                Ip($"-n {name} link add name try type bridge");
            }
            finally
            {
                Ip($"netns del {name}");
            }

            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"no network namespaces can be made: {e.Message}";
        }
    }

    public static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"10.77.0.{number}");

    /// <summary>Starts our program on a host.</summary>
    public RunningProcess Start(int number, string workingDirectory, params IEnumerable<string> args) =>
        Executable.Start(workingDirectory, "ip", ["netns", "exec", Name(number), Executable.Path, .. args]);

    /// <summary>Gives a host another address in the place of the one that it has.</summary>
    public void Move(int number, string from, string to)
    {
        Ip($"-n {Name(number)} addr del {from}/24 dev eth0");
        Ip($"-n {Name(number)} addr add {to}/24 broadcast + dev eth0");
    }

    /// <summary>Cuts the trunk between the switches.</summary>
    public void Split() => InSwitch("link set trunk1 down");

    public void Heal() => InSwitch("link set trunk1 up");

    /// <summary>Has a host send nothing more to another one, whose packets still come.</summary>
    public void Mute(int number, int towards) => Ip($"-n {Name(number)} route add blackhole {AddressOf(towards)}/32");

    public void Unmute(int number, int towards) => Ip($"-n {Name(number)} route del blackhole {AddressOf(towards)}/32");

    /// <summary>Has hosts of one switch reach all others but one another.</summary>
    public void Isolate(bool on, params IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            Run("bridge", $"-n {Switch} link set dev {Port(number)} isolated {(on ? "on" : "off")}");
    }

    public void Dispose()
    {
        foreach (var name in _namespaces)
            Ip($"netns del {name}");
    }

    private string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}h{number}");

    private static string Port(int number) => string.Create(CultureInfo.InvariantCulture, $"port{number}");

    private void AddNamespace(string name)
    {
        Ip($"netns add {name}");
        _namespaces.Add(name);
        Ip($"-n {name} link set lo up");
    }

    private void AddHost(int number, string at)
    {
        var name = Name(number);
        AddNamespace(name);
        InSwitch($"link add name {Port(number)} type veth peer name eth0 netns {name}");
        InSwitch($"link set {Port(number)} master {at} up");
        Ip($"-n {name} addr add {(_hasIPv6Only ? $"fd77::{number}/64 nodad" : $"{AddressOf(number)}/24 broadcast +")} dev eth0");
        Ip($"-n {name} link set eth0 up");
    }

    private void InSwitch(string command) => Ip($"-n {Switch} {command}");

    private static void Ip(string command) => Run("ip", command);

    private static void Run(string program, string command)
    {
        using var process = Process.Start(new ProcessStartInfo(program, command) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{program} {command}' failed: {error.Trim()}");
    }
}
