package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppUsage;
import io.callgate.relay.RelaySnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Every metric of a relay, in one list: `docs/operate/metrics.md` has the same, and a test holds the two
/// together.
///
/// Nothing is registered and nothing is counted here: a scrape turns one [Reading] into text. Labels have few
/// values, known from code or configuration; no subject, user or address is ever one.
final class Metrics {
    /// More apps than this, and there are no figures by app: each would be some series of every relay for ever.
    static final int MOST_APPS = 100;

    private static final double NANOS_PER_SECOND = 1e9;

    private static final List<Family> FAMILIES = List.of(
            // Who is here
            gauge("callgate_sessions", "Sessions that quotas count", read -> read.relay.sessions()),
            gauge("callgate_sessions_live", "Sessions with a client", read -> read.relay.liveSessions()),
            gauge("callgate_allocations", "Live TURN allocations", read -> read.relay.allocations()),
            gauge("callgate_tunnels", "Live tunnels", read -> read.relay.tunnels()),
            gauges("callgate_clients", "Live allocations and tunnels", byIngress(RelaySnapshot.IngressTotals::live)),
            counters("callgate_admissions", "Allocations and tunnels granted", byIngress(it -> it.admissions())),
            gauge(
                    "callgate_unproven_connections",
                    "TCP connections whose client has not proved itself",
                    read -> read.relay.unprovenConnections()),
            gauges("callgate_app_sessions", "Sessions that the quota of an app counts", byApp(AppUsage::sessions)),
            gauges("callgate_app_sessions_limit", "Quota of sessions of an app", Metrics::sessionLimits),
            counters(
                    "callgate_app_bytes",
                    "Payload of an app, both directions",
                    byApp(usage -> usage.bytesToPeer() + usage.bytesToClient())),

            // What passes
            counters(
                    "callgate_packets",
                    "Datagrams relayed; of tunnels, pieces read",
                    byIngressAndDirection(
                            RelaySnapshot.IngressTotals::packetsToPeer, RelaySnapshot.IngressTotals::packetsToClient)),
            counters(
                    "callgate_bytes",
                    "Payload relayed",
                    byIngressAndDirection(
                            RelaySnapshot.IngressTotals::bytesToPeer, RelaySnapshot.IngressTotals::bytesToClient)),

            // What does not
            counters(
                    "callgate_drops",
                    "Packets not forwarded and requests not served",
                    read -> read.relay.drops().entrySet().stream()
                            .map(drop -> Point.of(drop.getValue(), "reason", drop.getKey()))),
            counters(
                    "callgate_udp_system_drops",
                    "Datagrams that the system threw away before the relay saw them",
                    read -> Stream.of(
                            Point.of(read.relay.systemDrops().listeners(), "socket", "listener"),
                            Point.of(read.relay.systemDrops().relayedAddresses(), "socket", "relayed"))),

            // Resources
            gauges(
                    "callgate_relay_ports",
                    "Relay ports",
                    read -> Stream.of(
                            Point.of(read.relay.takenPorts(), "state", "taken"),
                            Point.of(
                                    Math.max(0, read.relay.offeredPorts() - read.relay.takenPorts()),
                                    "state",
                                    "free"))),
            gauges("callgate_loop_delay_seconds", "Latest that a loop was for its timer lately", Metrics::loopDelays),
            gauge("callgate_buffer_bytes", "Network buffers outside the heap", read -> read.relay.bufferBytes()),
            counters(
                    "callgate_session_records",
                    "Records for the session file",
                    read -> Stream.of(
                            Point.of(read.sessions.written(), "result", "written"),
                            Point.of(read.sessions.leftOut(), "result", "left_out"),
                            Point.of(read.sessions.lost(), "result", "lost"))),

            // Configuration
            gauge("callgate_state_version", "Version of the desired state", read -> read.relay.stateVersion()),
            counters(
                    "callgate_reloads",
                    "Reloads of the configuration",
                    read -> Stream.of(
                            Point.of(read.reloads.applied(), "result", "applied"),
                            Point.of(read.reloads.refused(), "result", "refused"))),
            gauge(
                    "callgate_reload_successful",
                    "1 if the last reload was applied",
                    read -> read.reloads.lastWasApplied() ? 1 : 0),
            gauges(
                    "callgate_certificate_expiry_timestamp_seconds",
                    "End of the certificate in force, seconds since 1970",
                    read -> read.relay.certificateExpiresAt().stream().map(end -> Point.of(end.getEpochSecond()))),
            gauge("callgate_draining", "1 while the relay drains", read -> read.relay.isDraining() ? 1 : 0),
            info(
                    "callgate_build",
                    "What runs",
                    read -> Labels.of(
                            "version",
                            CallgateCommand.VERSION,
                            "java",
                            Runtime.version().toString())),

            // The process, by the names that all Prometheus clients use
            gauge(
                    "process_start_time_seconds",
                    "Start of the process, seconds since 1970",
                    read -> read.process.startedAtMillis() / 1e3),
            counters(
                    "process_cpu_seconds",
                    "Processor time used",
                    read -> Stream.of(Point.of(read.process.cpuNanos() / NANOS_PER_SECOND))),
            gauges("process_resident_memory_bytes", "Memory in use", read -> known(read.process.residentBytes())),
            gauges("process_open_fds", "Open descriptors", read -> known(read.process.openFiles())),
            gauges(
                    "process_max_fds",
                    "Most descriptors that may be open",
                    read -> known(read.process.openFilesLimit())),
            gauges(
                    "jvm_memory_used_bytes",
                    "Memory of the JVM in use",
                    read -> read.process.memory().entrySet().stream()
                            .map(area -> Point.of(area.getValue().getUsed(), "area", area.getKey()))),
            gauges(
                    "jvm_memory_max_bytes",
                    "Most memory that the JVM may use",
                    read -> read.process.memory().entrySet().stream()
                            .filter(area -> area.getValue().getMax() >= 0)
                            .map(area -> Point.of(area.getValue().getMax(), "area", area.getKey()))),
            gauges(
                    "jvm_buffer_pool_used_bytes",
                    "Buffers of the JVM outside the heap",
                    read -> read.process.bufferPools().entrySet().stream()
                            .map(pool -> Point.of(pool.getValue(), "pool", pool.getKey()))),
            counters("jvm_gc_collections", "Collections", read -> Stream.of(Point.of(read.process.collections()))),
            counters(
                    "jvm_gc_seconds",
                    "Time of collections",
                    read -> Stream.of(Point.of(read.process.collectionMillis() / 1e3))),
            gauge("jvm_threads", "Live threads", read -> read.process.threads()));

    private Metrics() {}

    /// All that one scrape is made of.
    record Reading(RelaySnapshot relay, ProcessFigures process, Reloads reloads, SessionFile.Totals sessions) {}

    private enum Type {
        COUNTER,
        GAUGE,
        INFO
    }

    private record Point(Labels labels, double value) {
        static Point of(double value, String... labels) {
            return new Point(labels.length == 0 ? Labels.EMPTY : Labels.of(labels), value);
        }

        static Point of(long value, String... labels) {
            return of((double) value, labels); // exact up to 2^53
        }
    }

    private record Family(Type type, String name, String help, Function<Reading, Stream<Point>> points) {
        MetricSnapshot of(Reading reading) {
            return switch (type) {
                case COUNTER -> {
                    CounterSnapshot.Builder counter =
                            CounterSnapshot.builder().name(name).help(help);
                    points.apply(reading)
                            .forEach(point -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                                    .labels(point.labels)
                                    .value(point.value)
                                    .build()));
                    yield counter.build();
                }
                case GAUGE -> {
                    GaugeSnapshot.Builder gauge =
                            GaugeSnapshot.builder().name(name).help(help);
                    points.apply(reading)
                            .forEach(point -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                    .labels(point.labels)
                                    .value(point.value)
                                    .build()));
                    yield gauge.build();
                }
                case INFO -> {
                    InfoSnapshot.Builder info =
                            InfoSnapshot.builder().name(name).help(help);
                    points.apply(reading)
                            .forEach(point -> info.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                                    .labels(point.labels)
                                    .build()));
                    yield info.build();
                }
            };
        }
    }

    static MetricSnapshots of(Reading reading) {
        List<MetricSnapshot> families = new ArrayList<>();
        FAMILIES.forEach(family -> families.add(family.of(reading)));
        return new MetricSnapshots(families);
    }

    // ----------------------------------------------------------------------------------------------- the list's words

    private static Family gauge(String name, String help, ToDoubleFunction<Reading> value) {
        return gauges(name, help, read -> Stream.of(Point.of(value.applyAsDouble(read))));
    }

    private static Family gauges(String name, String help, Function<Reading, Stream<Point>> points) {
        return new Family(Type.GAUGE, name, help, points);
    }

    /// @param name without the `_total` that its text form has
    private static Family counters(String name, String help, Function<Reading, Stream<Point>> points) {
        return new Family(Type.COUNTER, name, help, points);
    }

    /// @param name without the `_info` that its text form has
    private static Family info(String name, String help, Function<Reading, Labels> labels) {
        return new Family(Type.INFO, name, help, read -> Stream.of(new Point(labels.apply(read), 1)));
    }

    private static Stream<Point> known(OptionalLong figure) {
        return figure.stream().mapToObj(value -> Point.of(value));
    }

    private static Function<Reading, Stream<Point>> byIngress(ToDoubleFunction<RelaySnapshot.IngressTotals> figure) {
        return read -> read.relay.ingresses().entrySet().stream()
                .map(ingress -> Point.of(figure.applyAsDouble(ingress.getValue()), "ingress", ingress.getKey()));
    }

    private static Function<Reading, Stream<Point>> byIngressAndDirection(
            ToDoubleFunction<RelaySnapshot.IngressTotals> toPeer,
            ToDoubleFunction<RelaySnapshot.IngressTotals> toClient) {
        return read -> read.relay.ingresses().entrySet().stream()
                .flatMap(ingress -> Stream.of(
                        Point.of(
                                toPeer.applyAsDouble(ingress.getValue()),
                                "ingress",
                                ingress.getKey(),
                                "direction",
                                "to_peer"),
                        Point.of(
                                toClient.applyAsDouble(ingress.getValue()),
                                "ingress",
                                ingress.getKey(),
                                "direction",
                                "to_client")));
    }

    /// Apps in force only: their number is a matter of configuration.
    private static Function<Reading, Stream<Point>> byApp(ToDoubleFunction<AppUsage> figure) {
        return read -> hasFewApps(read)
                ? read.relay.usage().apps().stream()
                        .filter(usage -> read.relay.sessionLimits().containsKey(usage.app()))
                        .map(usage -> Point.of(
                                figure.applyAsDouble(usage), "app", usage.app().value()))
                : Stream.empty();
    }

    private static Stream<Point> sessionLimits(Reading read) {
        Map<AppId, Integer> limits = read.relay.sessionLimits();
        return hasFewApps(read)
                ? limits.entrySet().stream()
                        .map(limit ->
                                Point.of(limit.getValue(), "app", limit.getKey().value()))
                : Stream.empty();
    }

    private static boolean hasFewApps(Reading read) {
        return read.relay.sessionLimits().size() <= MOST_APPS;
    }

    private static Stream<Point> loopDelays(Reading read) {
        List<Point> points = new ArrayList<>();
        read.relay
                .loopDelays()
                .forEach(delay -> points.add(Point.of(delay.toNanos() / NANOS_PER_SECOND, "loop", "" + points.size())));
        return points.stream();
    }
}
