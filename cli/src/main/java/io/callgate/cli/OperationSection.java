package io.callgate.cli;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.Relay;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/// The parts of a relay file that concern its process: `metrics`, `sessions` and `gatherMicros`.
final class OperationSection {
    private static final int LARGEST_MEGABYTES = 1_000_000;
    private static final int MOST_FILES = 1_000;
    private static final long MOST_MICROS = Relay.LONGEST_GATHER.dividedBy(ChronoUnit.MICROS.getDuration());
    private static final Set<String> METRICS_KEYS = YamlMapping.keys("address", "port");
    private static final Set<String> SESSIONS_KEYS =
            YamlMapping.keys("file", "maxMegabytes", "maxFiles", "clientAddresses");

    private OperationSection() {}

    static OperationConfig read(YamlMapping root) {
        return new OperationConfig(
                root.value("metrics").isPresent()
                        ? root.value("metrics").flatMap(OperationSection::metrics)
                        : OperationConfig.DEFAULT.metrics(),
                root.value("sessions").flatMap(OperationSection::sessions),
                root.value("gatherMicros")
                        .flatMap(value -> value.number(0, MOST_MICROS))
                        .map(micros -> Duration.of(micros, ChronoUnit.MICROS))
                        .orElse(OperationConfig.DEFAULT.gather()));
    }

    private static Optional<OperationConfig.MetricsAddress> metrics(YamlValue value) {
        if (value.says("false")) {
            return Optional.empty();
        }
        return value.mapping(METRICS_KEYS).flatMap(metrics -> {
            Optional<IpAddress> address = metrics.value("address").isPresent()
                    ? metrics.value("address").flatMap(place -> place.parse(IpAddress::parse))
                    : Optional.of(OperationConfig.MetricsAddress.LOOPBACK);
            Optional<Long> port = metrics.value("port").isPresent()
                    ? metrics.value("port").flatMap(place -> place.number(1, 65535))
                    : Optional.of((long) OperationConfig.MetricsAddress.PORT);
            return address.isPresent() && port.isPresent()
                    ? Optional.of(new OperationConfig.MetricsAddress(
                            new Endpoint(address.get(), port.get().intValue()), true))
                    : Optional.empty();
        });
    }

    private static Optional<OperationConfig.SessionRecords> sessions(YamlValue value) {
        if (value.says("false")) {
            return Optional.empty();
        }
        return value.mapping(SESSIONS_KEYS).flatMap(sessions -> {
            Optional<Path> file = sessions.required("file", "sessions.jsonl")
                    .flatMap(place -> place.parse(text -> inFolderOf(place.file(), text)));
            long megabytes = sessions.value("maxMegabytes")
                    .flatMap(place -> place.number(1, LARGEST_MEGABYTES))
                    .orElse((long) OperationConfig.SessionRecords.MAX_MEGABYTES);
            int files = sessions.value("maxFiles")
                    .flatMap(place -> place.number(1, MOST_FILES))
                    .map(Long::intValue)
                    .orElse(OperationConfig.SessionRecords.MAX_FILES);
            boolean addresses =
                    sessions.value("clientAddresses").flatMap(YamlValue::bool).orElse(true);
            return file.map(path -> new OperationConfig.SessionRecords(path, megabytes * 1_000_000, files, addresses));
        });
    }

    private static Path inFolderOf(Path relayFile, String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("an empty file name; want sessions.jsonl");
        }
        return relayFile.toAbsolutePath().resolveSibling(name).normalize();
    }
}
