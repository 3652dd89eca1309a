package io.callgate.rtc;

import io.callgate.client.mode.EffectivePath;
import io.callgate.rtc.media.LinkStats;
import java.time.Duration;
import java.util.List;

/// A call in numbers.
///
/// @param inCall since [RtcEngine#join]
/// @param path that was last confirmed
/// @param links one for each connection of media; empty while there is none
public record CallStatistics(Duration inCall, EffectivePath path, String relay, List<LinkStats> links) {
    public CallStatistics {
        links = List.copyOf(links);
    }

    public long framesDecoded() {
        return links.stream().mapToLong(LinkStats::framesDecoded).sum();
    }

    public long bytesReceived() {
        return links.stream().mapToLong(LinkStats::bytesReceived).sum();
    }

    public long bytesSent() {
        return links.stream().mapToLong(LinkStats::bytesSent).sum();
    }
}
