package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Visits to the check page: makes the credential of each, and knows what it may still use. Shared by all loops
/// and locked: asked once a visit or Allocate, never per packet of a known client.
///
/// Each run is an app of its own with one subject and no destinations. So what holds between apps holds between
/// runs: its peers are the relayed addresses of its own live allocations, and nothing else (decision 0018).
public final class CheckRuns {
    public static final Duration LIFE = Duration.ofSeconds(60);
    public static final long VOLUME_BYTES = 20_000_000;

    /// From one IPv4 /24 or IPv6 /48.
    public static final int RUNS_AN_HOUR = 10;

    /// Two for each of three transports.
    static final int ALLOCATIONS = 6;

    /// At once, from everywhere: with the volume and the time this bounds what all guests together can cost.
    static final int MOST_LIVE = 64;

    /// Networks remembered at once. When they are all fresh, strangers have to wait: forgetting one would give it
    /// its runs again.
    static final int MOST_NETWORKS = 4096;

    private static final Limits LIMITS = new Limits(1, ALLOCATIONS, 0, 8, 8, 50, 1);
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
    private static final long V4_NETWORK = -1L << 8; // /24
    private static final long V6_NETWORK = -1L << 16; // of the upper half: /48
    private static final int SUBJECT_BYTES = 9;
    private static final int SECRET_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Secret secret = Secret.of(random(SECRET_BYTES));
    private final Map<Subject, Run> live = new LinkedHashMap<>(); // in the order in which they end
    private final Map<IpAddress, Visits> byNetwork = new HashMap<>();
    private DestinationPolicy.@Nullable Surroundings surroundings;

    /// The live ones once more, for [#sawUdpFrom].
    private volatile Run[] watched = {};

    private final SessionLog sessionLog;

    /// @param sessionLog of visits
    CheckRuns(SessionLog sessionLog) {
        this.sessionLog = sessionLog;
    }

    private record Run(LiveApp app, Allotment allotment, IpAddress client, AtomicInteger udpPackets) {}

    /// What came of asking for a run.
    public sealed interface Beginning {
        record Begun(RelayCredential credential) implements Beginning {}

        /// @param retryAfter until the same client may ask again with hope
        record Refused(Duration retryAfter) implements Beginning {}
    }

    /// Begins a run for a client, if its network has one left.
    public synchronized Beginning begin(IpAddress client, Instant now, long nowNanos) {
        forgetEnded(nowNanos);
        DestinationPolicy.Surroundings around = surroundings;
        if (around == null || live.size() >= MOST_LIVE) {
            return new Beginning.Refused(LIFE);
        }
        IpAddress network = network(client);
        Visits visits = byNetwork.get(network);
        if (visits == null) {
            if (byNetwork.size() >= MOST_NETWORKS) {
                byNetwork.values().removeIf(known -> known.areLongAgo(nowNanos));
            }
            if (byNetwork.size() >= MOST_NETWORKS) {
                return new Beginning.Refused(LIFE);
            }
            visits = new Visits();
            byNetwork.put(network, visits);
        }
        long waitNanos = visits.take(nowNanos);
        if (waitNanos > 0) {
            return new Beginning.Refused(Duration.ofNanos(waitNanos));
        }
        Subject subject = new Subject("check-" + HexFormat.of().formatHex(random(SUBJECT_BYTES)));
        Allotment allotment = new Allotment(nowNanos + LIFE.toNanos(), VOLUME_BYTES);
        LiveApp app = new LiveApp(state(), List.of(), around, sessionLog, allotment);
        live.put(subject, new Run(app, allotment, client, new AtomicInteger()));
        watch();
        return new Beginning.Begun(RelayCredential.mint(secret, AppId.CHECK, subject, now.plus(LIFE)));
    }

    /// One a run.
    synchronized List<LiveApp> apps() {
        return live.values().stream().map(Run::app).toList();
    }

    /// The app of the run that this credential was made for.
    synchronized Optional<LiveApp> find(Subject subject) {
        return Optional.ofNullable(live.get(subject)).map(Run::app);
    }

    /// Runs with something alive, or that had it in the last 30 s.
    synchronized int sessions(long nowNanos) {
        forgetEnded(nowNanos);
        return live.values().stream()
                .mapToInt(run -> run.app.sessions().count(nowNanos))
                .sum();
    }

    /// A UDP packet of somebody without an allocation. Costs a look at what lives, and nothing is kept but a
    /// number in a run.
    public void sawUdpFrom(long high, long low) {
        for (Run run : watched) {
            if (run.client.low() == low && run.client.high() == high) {
                run.udpPackets.incrementAndGet();
            }
        }
    }

    /// What came from a client since the youngest of its live runs began.
    ///
    /// @param udpPackets those of nobody with an allocation
    /// @param since how long ago that was; zero without a run
    public record Sighting(int udpPackets, Duration since) {
        static final Sighting NONE = new Sighting(0, Duration.ZERO);
    }

    public Sighting sightingOf(IpAddress client, long nowNanos) {
        Sighting youngest = Sighting.NONE;
        for (Run run : watched) {
            Duration age = LIFE.minusNanos(run.allotment.leftNanos(nowNanos));
            if (run.client.equals(client) && age.compareTo(LIFE) < 0) {
                youngest = new Sighting(run.udpPackets.get(), age);
            }
        }
        return youngest;
    }

    /// Takes over a new state: runs go on under it, or end where the page is switched off.
    synchronized void apply(boolean isServed, DestinationPolicy.Surroundings next) {
        if (isServed) {
            surroundings = next;
            live.values().forEach(run -> run.app.become(state(), List.of(), next));
        } else {
            surroundings = null;
            live.values().forEach(run -> run.app.retire());
            live.clear();
            watch();
        }
    }

    private void forgetEnded(long nowNanos) {
        boolean hasForgotten = false;
        for (Iterator<Run> each = live.values().iterator(); each.hasNext(); ) {
            Run run = each.next();
            if (run.allotment.leftNanos(nowNanos) > 0) {
                break; // all behind it began later
            }
            run.app.retire();
            each.remove();
            hasForgotten = true;
        }
        if (hasForgotten) {
            watch();
        }
    }

    private void watch() {
        watched = live.values().toArray(Run[]::new);
    }

    private AppState state() {
        return new AppState(AppId.CHECK, List.of(secret), List.of(), List.of(), LIMITS, List.of());
    }

    private static IpAddress network(IpAddress client) {
        return client.isV4()
                ? new IpAddress(client.high(), client.low() & V4_NETWORK)
                : new IpAddress(client.high() & V6_NETWORK, 0);
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /// When a network had its last runs, in a ring.
    private static final class Visits {
        private final long[] atNanos = new long[RUNS_AN_HOUR];
        private int count;
        private int next;

        /// @return nanoseconds to wait, or 0 if a run has been taken
        long take(long nowNanos) {
            if (count == RUNS_AN_HOUR) {
                long waitNanos = HOUR_NANOS - (nowNanos - atNanos[next]);
                if (waitNanos > 0) {
                    return waitNanos;
                }
            } else {
                count++;
            }
            atNanos[next] = nowNanos;
            next = (next + 1) % RUNS_AN_HOUR;
            return 0;
        }

        boolean areLongAgo(long nowNanos) {
            int last = (next + RUNS_AN_HOUR - 1) % RUNS_AN_HOUR;
            return nowNanos - atNanos[last] >= HOUR_NANOS;
        }
    }
}
