package io.callgate.e2e;

import java.util.List;

/// The ports that a relay listens on, and a firewall opens.
///
/// @param tcp as a relay file and nftables take them: `4000`, `1080, 8000`
/// @param udp the same: `4500-4650`
record RelayDoors(String tcp, String udp) {
    static final RelayDoors ALL_ON_443 = new RelayDoors("443", "443, 3478, 7070");

    /// For [io.callgate.testkit.Router#enforce(List)].
    List<String> opened() {
        return udp.isEmpty() ? List.of("tcp " + tcp) : List.of("tcp " + tcp, "udp " + udp);
    }

    /// Of a relay file.
    String listen(String address) {
        String both = """
            listen:
              - {address: %1$s, ports: [%2$s], transports: [tcp]}
            """.formatted(address, tcp);
        return udp.isEmpty()
                ? both
                : both + "  - {address: %1$s, ports: [%2$s], transports: [udp]}\n".formatted(address, udp);
    }

    int tcpPort() {
        return first(tcp);
    }

    /// A TURN server as a browser takes it: by UDP where there is any.
    String turnUrl(String address) {
        return udp.isEmpty()
                ? "turn:%s:%d?transport=tcp".formatted(address, first(tcp))
                : "turn:%s:%d?transport=udp".formatted(address, first(udp));
    }

    private static int first(String ports) {
        return Integer.parseInt(ports.split("[,-]", 2)[0]);
    }

    @Override
    public String toString() {
        return udp.isEmpty() ? "TCP " + tcp : "TCP " + tcp + " and UDP " + udp;
    }
}
