package io.callgate.relay.tls;

import io.callgate.model.IpAddress;
import io.callgate.model.TimeSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Whose TLS reached this relay lately, and whether they liked the certificate: so that a client that got no call
/// through TLS can be told apart from one behind a firewall that blocks it. Remembers a minute and at most
/// [#MOST_CLIENTS] clients, the latest ones. From any thread.
public final class RecentHandshakes {
    public static final Duration MEMORY = Duration.ofSeconds(60);
    static final int MOST_CLIENTS = 1_000;

    private final TimeSource time;
    private final Map<IpAddress, Times> byClient = new LinkedHashMap<>(); // the one that came longest ago first

    /// What is known of one client within the asked time.
    ///
    /// @param began a TLS hello reached us, its first byte at least
    /// @param completed a handshake came about
    /// @param certificateRefused it said that it does not trust our certificate
    public record Recent(boolean began, boolean completed, boolean certificateRefused) {}

    private static final class Times {
        private long beganNanos;
        private long completedNanos;
        private long refusedNanos;

        private Times(long never) {
            beganNanos = never;
            completedNanos = never;
            refusedNanos = never;
        }
    }

    public RecentHandshakes(TimeSource time) {
        this.time = time;
    }

    /// @param within at most [#MEMORY]
    public synchronized Recent of(IpAddress client, Duration within) {
        Times times = byClient.get(key(client));
        if (times == null) {
            return new Recent(false, false, false);
        }
        long since = time.nanos() - within.toNanos();
        return new Recent(
                times.beganNanos - since >= 0, times.completedNanos - since >= 0, times.refusedNanos - since >= 0);
    }

    synchronized void began(IpAddress client) {
        long now = time.nanos();
        forget(now);
        IpAddress key = key(client);
        Times known = byClient.remove(key);
        Times times = known == null ? new Times(now - 2 * MEMORY.toNanos()) : known;
        times.beganNanos = now;
        byClient.put(key, times);
    }

    synchronized void completed(IpAddress client) {
        Times times = byClient.get(key(client));
        if (times != null) {
            times.completedNanos = time.nanos();
        }
    }

    synchronized void certificateRefused(IpAddress client) {
        Times times = byClient.get(key(client));
        if (times != null) {
            times.refusedNanos = time.nanos();
        }
    }

    synchronized int size() {
        return byClient.size();
    }

    private void forget(long now) {
        Iterator<Times> oldest = byClient.values().iterator();
        while (oldest.hasNext()) {
            if (now - oldest.next().beganNanos <= MEMORY.toNanos() && byClient.size() < MOST_CLIENTS) {
                return;
            }
            oldest.remove();
        }
    }

    /// One host has a whole IPv6 /64 to come from: it must not push out all others.
    private static IpAddress key(IpAddress client) {
        return client.isV4() ? client : new IpAddress(client.high(), 0);
    }
}
