package io.callgate.rtc.live;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.service.MediaEnd;
import io.callgate.rtc.service.ServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Our candidates, which stand in the offer or answer itself: servers need not take them one by one (RFC 9725
/// §4.3.1).
final class Gathering implements MediaEnd.Candidates {
    private static final Duration PATIENCE = Duration.ofSeconds(2); // one relay takes a few round trips

    private final List<PeerLink.Candidate> found = new ArrayList<>(); // guarded by this
    private final CountDownLatch complete = new CountDownLatch(1);

    @Override
    public synchronized void found(PeerLink.Candidate candidate) {
        found.add(candidate);
    }

    @Override
    public void complete() {
        complete.countDown();
    }

    /// The description with all candidates that were found in time.
    String into(String sdp) {
        try {
            complete.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw ServiceException.unreachable(ErrorCode.FIREWALL_SUSPECTED, "called away from ICE", e);
        }
        synchronized (this) {
            return with(sdp, found);
        }
    }

    /// Candidates of a section stand at its end.
    static String with(String sdp, List<PeerLink.Candidate> candidates) {
        StringBuilder whole = new StringBuilder();
        int section = -1;
        for (String line : sdp.lines().toList()) {
            if (line.startsWith("m=")) {
                append(whole, section++, candidates);
            }
            whole.append(line).append("\r\n");
        }
        append(whole, section, candidates);
        return whole.toString();
    }

    private static void append(StringBuilder whole, int section, List<PeerLink.Candidate> candidates) {
        for (PeerLink.Candidate candidate : candidates) {
            if (candidate.index() == section) {
                whole.append("a=").append(candidate.line()).append("\r\n");
            }
        }
    }
}
