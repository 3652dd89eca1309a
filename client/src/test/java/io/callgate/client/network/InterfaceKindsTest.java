package io.callgate.client.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.NetworkKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterfaceKindsTest {
    @ParameterizedTest(name = "{0} \"{1}\" is {2}")
    @CsvSource({
        // Linux
        "eth0,      eth0,      ETHERNET",
        "enp3s0f1,  enp3s0f1,  ETHERNET",
        "enx00e04c, enx00e04c, ETHERNET",
        "br0,       br0,       ETHERNET",
        "wlan0,     wlan0,     WIFI",
        "wlp2s0,    wlp2s0,    WIFI",
        "wwan0,     wwan0,     CELLULAR",
        "wwp0s20u4, wwp0s20u4, CELLULAR",
        "tun0,      tun0,      UNKNOWN",
        "wg0,       wg0,       UNKNOWN",
        "docker0,   docker0,   OFFLINE",
        "br-1f2e3d, br-1f2e3d, OFFLINE",
        "veth1a2b,  veth1a2b,  OFFLINE",
        // Android, macOS, iOS
        "rmnet_data0, rmnet_data0, CELLULAR",
        "ccmni1,      ccmni1,      CELLULAR",
        "en0,         en0,         UNKNOWN",
        "utun3,       utun3,       UNKNOWN",
        "pdp_ip0,     pdp_ip0,     CELLULAR",
        // Windows, by a JDK 17 and by a JDK 25
        "eth3,            Intel(R) Ethernet Connection I219-LM, ETHERNET",
        "wlan1,           Intel(R) Wi-Fi 6 AX201 160MHz,        WIFI",
        "net4,            Generic Mobile Broadband Adapter,     CELLULAR",
        "ethernet_32769,  Realtek Gaming 2.5GbE Family,         ETHERNET",
        "ethernet_32770,  Marvell AQtion 5G Ethernet,           ETHERNET",
        "wireless_32768,  MediaTek Wi-Fi 7 MT7925 5G,           WIFI",
        "iftype243_32771, Quectel EM160R,                       CELLULAR",
        "eth5,            Sierra Wireless EM7455 LTE-A,         CELLULAR",
        "eth6,            Qualcomm Snapdragon X55 5G,           CELLULAR",
        "ppp_0,           Company VPN,                          UNKNOWN",
    })
    void knowsTheNames(String name, String displayName, NetworkKind kind) {
        assertThat(InterfaceKinds.byName().of(name, displayName)).isEqualTo(kind);
    }

    @Test
    void isToldBetter() {
        InterfaceKinds kinds = InterfaceKinds.byName().with("usb0", NetworkKind.CELLULAR);

        assertThat(kinds.of("usb0", "usb0")).isEqualTo(NetworkKind.CELLULAR);
        assertThat(kinds.of("wlan0", "wlan0")).isEqualTo(NetworkKind.WIFI);
    }
}
