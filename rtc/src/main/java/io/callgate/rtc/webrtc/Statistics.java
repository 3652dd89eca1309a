package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.RTCStatsType;
import io.callgate.rtc.media.LinkStats;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A report of libwebrtc's as [LinkStats].
final class Statistics {
    private final Map<String, RTCStats> all;

    private Statistics(Map<String, RTCStats> all) {
        this.all = all;
    }

    static LinkStats of(RTCStatsReport report) {
        Statistics statistics = new Statistics(report.getStats());
        RTCStats pair = statistics.selectedPair();
        return new LinkStats(
                Optional.ofNullable(pair).map(statistics::pair),
                pair == null ? 0 : number(pair, "currentRoundTripTime").doubleValue() * 1000,
                statistics.sum(RTCStatsType.OUTBOUND_RTP, "bytesSent"),
                statistics.sum(RTCStatsType.INBOUND_RTP, "bytesReceived"),
                statistics.sum(RTCStatsType.OUTBOUND_RTP, "packetsSent"),
                statistics.sum(RTCStatsType.INBOUND_RTP, "packetsReceived"),
                statistics.sum(RTCStatsType.INBOUND_RTP, "packetsLost"),
                statistics.sum(RTCStatsType.OUTBOUND_RTP, "framesSent"),
                statistics.sum(RTCStatsType.INBOUND_RTP, "framesDecoded"),
                statistics.sum(RTCStatsType.INBOUND_RTP, "concealedSamples"));
    }

    private @Nullable RTCStats selectedPair() {
        for (RTCStats each : all.values()) {
            if (each.getType() == RTCStatsType.TRANSPORT) {
                RTCStats pair = all.get(text(each, "selectedCandidatePairId"));
                if (pair != null) {
                    return pair;
                }
            }
        }
        return null;
    }

    private LinkStats.Pair pair(RTCStats pair) {
        RTCStats local = all.get(text(pair, "localCandidateId"));
        RTCStats remote = all.get(text(pair, "remoteCandidateId"));
        return new LinkStats.Pair(
                local == null ? "" : text(local, "candidateType"),
                local == null ? "" : text(local, "relayProtocol"),
                local == null ? "" : text(local, "url"),
                remote == null ? "" : text(remote, "address") + ":" + text(remote, "port"));
    }

    private long sum(RTCStatsType type, String attribute) {
        return all.values().stream()
                .filter(each -> each.getType() == type)
                .mapToLong(each -> number(each, attribute).longValue())
                .sum();
    }

    private static Number number(RTCStats of, String attribute) {
        return of.getAttributes().get(attribute) instanceof Number number ? number : 0;
    }

    private static String text(RTCStats of, String attribute) {
        Object value = of.getAttributes().get(attribute);
        return value == null ? "" : value.toString();
    }
}
