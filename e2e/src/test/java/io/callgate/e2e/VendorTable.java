package io.callgate.e2e;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The addresses that two vendors publish for tests of their cloud proxies (VENDORS.md, rows N-08 and A-04): each
/// row is protocol, address, port or range, region, purpose.
enum VendorTable {
    NERTC(Stream.of(
                    "81.69.152.207 shanghai",
                    "211.159.144.126 beijing",
                    "1.14.217.204 guangzhou",
                    "139.155.65.90 chengdu")
            .map(place -> place.split(" ", -1))
            .flatMap(place -> Stream.of("udp|%s|3478|%s|media", "udp|%s|7070|%s|media", "tcp|%s|443|%s|signalling")
                    .map(row -> row.formatted(place[0], place[1])))
            .toList()),
    AGORA(Stream.concat(
                    Stream.of("120.92.118.34", "120.92.18.162")
                            .flatMap(address -> Stream.of(
                                    "tcp|%s|4000|any|消息数据传输".formatted(address),
                                    "udp|%s|4500-4650|any|媒体数据交换".formatted(address))),
                    Stream.of("47.74.211.17", "52.80.192.229", "52.52.84.170", "47.96.234.219")
                            .flatMap(address -> Stream.of("tcp", "udp")
                                    .flatMap(protocol -> Stream.of(1080, 8000, 25000, 9700)
                                            .map(port -> "%s|%s|%d|any|边缘节点通信".formatted(protocol, address, port)))))
            .toList());

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of and toList
    private final List<String> rows;

    VendorTable(List<String> rows) {
        this.rows = rows;
    }

    List<String> rows() {
        return rows;
    }

    /// As control takes it.
    static String json(String row) {
        String[] cells = row.split("[|]", -1);
        return """
            {"transports": ["%s"], "cidr": "%s/32", "ports": "%s", "region": "%s", "purpose": "%s"}
            """.formatted((Object[]) cells);
    }

    /// As control tells it.
    static String row(JsonNode entry) {
        return String.join(
                "|",
                entry.path("transports").get(0).asString().toLowerCase(Locale.ROOT),
                entry.path("cidr").asString().replace("/32", ""),
                entry.path("ports").asString(),
                entry.path("region").asString(),
                entry.path("purpose").asString());
    }
}
