package io.callgate.client.network;

import io.callgate.client.mode.NetworkKind;
import java.util.Locale;
import java.util.regex.Pattern;

/// The names that operating systems give to interfaces, and drivers to devices.
final class InterfaceNames {
    private static final Pattern OF_CONTAINERS =
            Pattern.compile("(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|lxc|lxdbr|podman).*");

    /// wwan, wwp (Linux), rmnet, ccmni (Android), pdp_ip (iOS), and the interface types of Windows: 243 is GSM,
    /// 244 CDMA.
    private static final Pattern CELLULAR = Pattern.compile("(ww|rmnet|ccmni|pdp_ip|iftype24[34]).*");

    private static final Pattern WIFI = Pattern.compile("(wl|wifi|wireless|ath|ra).*\\d.*");

    /// Not `en0`: macOS calls Wi-Fi so too.
    private static final Pattern ETHERNET = Pattern.compile("(eth|em|eno|ens|enp|enx|end|lan|bond|team|br).*\\d.*");

    // Devices, asked in this order: "Sierra Wireless … LTE" is no Wi-Fi, and "5G" may also be a band or a rate.
    private static final Pattern CELLULAR_DEVICE =
            Pattern.compile(".*\\b(mobile broadband|wwan|lte|cellular|hspa|umts)\\b.*");
    private static final Pattern WIFI_DEVICE = Pattern.compile(".*(wi-?fi|wireless|wlan|802\\.11).*");
    private static final Pattern ETHERNET_DEVICE = Pattern.compile(".*(ethernet|gigabit|gbe\\b).*");
    private static final Pattern GENERATION_DEVICE = Pattern.compile(".*\\b[45]g\\b.*");

    private InterfaceNames() {}

    static NetworkKind kindOf(String name, String displayName) {
        if (OF_CONTAINERS.matcher(name).matches()) {
            return NetworkKind.OFFLINE;
        }
        if (CELLULAR.matcher(name).matches()) {
            return NetworkKind.CELLULAR;
        }
        NetworkKind ofDevice = displayName.equals(name) ? NetworkKind.UNKNOWN : kindOfDevice(displayName);
        if (ofDevice != NetworkKind.UNKNOWN) {
            return ofDevice;
        }
        if (WIFI.matcher(name).matches()) {
            return NetworkKind.WIFI;
        }
        return ETHERNET.matcher(name).matches() ? NetworkKind.ETHERNET : NetworkKind.UNKNOWN;
    }

    private static NetworkKind kindOfDevice(String displayName) {
        String device = displayName.toLowerCase(Locale.ROOT);
        if (CELLULAR_DEVICE.matcher(device).matches()) {
            return NetworkKind.CELLULAR;
        }
        if (WIFI_DEVICE.matcher(device).matches()) {
            return NetworkKind.WIFI;
        }
        if (ETHERNET_DEVICE.matcher(device).matches()) {
            return NetworkKind.ETHERNET;
        }
        return GENERATION_DEVICE.matcher(device).matches() ? NetworkKind.CELLULAR : NetworkKind.UNKNOWN;
    }
}
