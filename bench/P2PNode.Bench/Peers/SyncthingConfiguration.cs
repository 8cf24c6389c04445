namespace P2PNode.Bench.Peers;

/// <summary>Writes a configuration as Syncthing 1 reads it.</summary>
internal static class SyncthingConfiguration
{
    /// <param name="device">Whose configuration it is.</param>
    /// <param name="others">Whom it shares the folder with.</param>
    /// <param name="type">sendonly or receiveonly.</param>
    public static void Write(SyncthingDevice device, IReadOnlyList<SyncthingDevice> others, string type)
    {
        var all = others.Prepend(device).ToList();
        var devices = string.Concat(all.Select(one =>
            $"""<device id="{one.Id}" name="{one.Name}" compression="metadata"><address>tcp://127.0.0.1:{one.Port}</address></device>"""));
        var sharedWith = string.Concat(all.Select(one => $"""<device id="{one.Id}"/>"""));
        Directory.CreateDirectory(Path.Combine(device.Folder, ".stfolder"));
        File.WriteAllText(Path.Combine(device.Home, "config.xml"), $"""
            <configuration version="36">
              <folder id="data" path="{device.Folder}" type="{type}" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="1">
                <filesystemType>basic</filesystemType>{sharedWith}
                <minDiskFree unit="%">0</minDiskFree><markerName>.stfolder</markerName>
              </folder>
              {devices}
              <gui enabled="true" tls="false"><address>127.0.0.1:{device.ApiPort}</address><apikey>{SyncthingDevice.Key}</apikey></gui>
              <options>
                <listenAddress>tcp://127.0.0.1:{device.Port}</listenAddress>
                <globalAnnounceEnabled>false</globalAnnounceEnabled><localAnnounceEnabled>false</localAnnounceEnabled>
                <relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled><stunKeepaliveStartS>0</stunKeepaliveStartS>
                <urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
                <autoUpgradeIntervalH>0</autoUpgradeIntervalH><startBrowser>false</startBrowser>
                <reconnectionIntervalS>1</reconnectionIntervalS><setLowPriority>false</setLowPriority>
                <progressUpdateIntervalS>-1</progressUpdateIntervalS>
              </options>
            </configuration>
            """);
    }
}
