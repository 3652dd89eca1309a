package io.callgate.doctor;

import io.callgate.client.check.Finding;
import io.callgate.client.check.Way;
import io.callgate.client.failure.Failure;
import io.callgate.client.net.HostPort;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.Cidr;
import io.callgate.model.ErrorCode;
import io.callgate.model.IpAddress;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What `doctor` tells: a table, what blocks and what mends it, what to open, and the verdict.
final class Report {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// Failures of ways that a firewall already lets through.
    private static final Set<ErrorCode> IS_OPEN =
            Set.of(ErrorCode.TLS_UNTRUSTED, ErrorCode.TLS_NAME, ErrorCode.FIREWALL_SUSPECTED);

    private final HostPort relay;
    private final boolean isDirect;
    private final boolean hasCredential;
    private final List<Finding> findings;
    private final Optional<AppCheck> lease;
    private final boolean tellsOfApp;
    private final Instant now;

    /// @param isDirect whether no proxy stood between
    /// @param lease what came of asking for one; a failure is always told
    /// @param tellsOfApp whether also the checklist is wanted
    Report(
            HostPort relay,
            boolean isDirect,
            boolean hasCredential,
            List<Finding> findings,
            Optional<AppCheck> lease,
            boolean tellsOfApp,
            Instant now) {
        this.lease = lease;
        this.tellsOfApp = tellsOfApp;
        this.relay = relay;
        this.isDirect = isDirect;
        this.hasCredential = hasCredential;
        this.findings = findings;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(row("WAY", "RESULT", "TIME", "RTT", "LOSS", "AT LEAST"));
        findings.forEach(finding -> lines.add(row(finding)));
        List<Finding> blocked =
                findings.stream().filter(finding -> !finding.passed()).toList();
        if (!blocked.isEmpty()) {
            lines.add("");
            lines.add("What blocks:");
            byCause(blocked).forEach((failure, ways) -> {
                lines.add("  " + titles(ways) + ": " + failure.cause());
                lines.add("    mend: " + failure.mend());
            });
        }
        Set<Protocol> toOpen = toOpen();
        if (!toOpen.isEmpty()) {
            lines.add("");
            lines.add("Open in the firewall:");
            AllowlistFormat.TEXT.render(allowlist(toOpen)).lines().forEach(line -> lines.add("  " + line));
        }
        lease.flatMap(AppCheck::failure).ifPresent(failure -> {
            lines.add("");
            lines.add("No lease: " + failure.cause());
            lines.add("    mend: " + failure.mend());
        });
        if (tellsOfApp && lease.isPresent()) {
            lines.add("");
            lines.add("App " + lease.get().app() + ":");
            lease.get().items().forEach(item -> lines.add("  " + row(item)));
        }
        lines.add("");
        lines.add(verdict());
        return lines;
    }

    /// What several ways have in common is told once.
    private static Map<Failure, List<Way>> byCause(List<Finding> blocked) {
        Map<Failure, List<Way>> ways = new LinkedHashMap<>();
        for (Finding finding : blocked) {
            finding.failure()
                    .ifPresent(failure -> ways.computeIfAbsent(failure, first -> new ArrayList<>())
                            .add(finding.way()));
        }
        return ways;
    }

    String json() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("server", relay.toString());
        ArrayNode transports = document.putArray("transports");
        for (Finding finding : findings) {
            ObjectNode node = transports.addObject();
            node.put("transport", finding.way().lowerCase());
            node.put("passed", finding.passed());
            node.put("millis", finding.millis());
            node.put(
                    "rttMillis",
                    finding.rttMillis().isPresent() ? finding.rttMillis().getAsDouble() : null);
            node.put(
                    "lossPercent",
                    finding.lossPercent().isPresent() ? finding.lossPercent().getAsDouble() : null);
            node.put(
                    "kbitPerSecond",
                    finding.kbitPerSecond().isPresent()
                            ? finding.kbitPerSecond().getAsLong()
                            : null);
            node.put("cause", finding.failure().map(failure -> failure.cause()).orElse(null));
            node.put("mend", finding.failure().map(failure -> failure.mend()).orElse(null));
        }
        if (tellsOfApp && lease.isPresent()) {
            ObjectNode app = document.putObject("app").put("id", lease.get().app());
            ArrayNode items = app.putArray("checks");
            for (AppCheck.Item item : lease.get().items()) {
                items.addObject()
                        .put("check", item.name())
                        .put("holds", item.holds().orElse(null))
                        .put("detail", item.detail());
            }
            app.put("cause", lease.get().failure().map(Failure::cause).orElse(null));
            app.put("mend", lease.get().failure().map(Failure::mend).orElse(null));
        }
        document.put("verdict", verdict());
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    }

    private static String row(Finding finding) {
        return row(
                finding.way().title(),
                finding.passed() ? "passed" : "failed",
                String.format(Locale.ROOT, "%.1f s", finding.millis() / 1000.0),
                finding.rttMillis().isPresent()
                        ? String.format(
                                Locale.ROOT, "%.1f ms", finding.rttMillis().getAsDouble())
                        : "-",
                finding.lossPercent().isPresent()
                        ? String.format(
                                Locale.ROOT, "%.1f %%", finding.lossPercent().getAsDouble())
                        : "-",
                finding.kbitPerSecond().isPresent() ? finding.kbitPerSecond().getAsLong() + " kbit/s" : "-");
    }

    private static String row(AppCheck.Item item) {
        String holds = item.holds().map(so -> so ? "yes" : "NO").orElse("?");
        return String.format(Locale.ROOT, "%-12s %-4s %s", item.name(), holds, item.detail());
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-20s  %-7s  %8s  %9s  %7s  %12s", cells)
                .stripTrailing();
    }

    /// What firewalls stop; a wrong password is no matter for theirs, and behind a proxy nobody asked them.
    private Set<Protocol> toOpen() {
        if (!isDirect) {
            return Set.of();
        }
        return findings.stream()
                .filter(finding -> finding.failure()
                        .map(failure -> switch (failure.layer()) {
                            case UDP, TCP, TLS, ROUTE -> !IS_OPEN.contains(failure.code());
                            case CALL, TOKEN, APP, QUOTA, REGION, DNS, PROXY, RELAY -> false;
                        })
                        .orElse(false))
                .map(finding -> finding.way().protocol())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Allowlist allowlist(Set<Protocol> protocols) {
        List<AllowlistEntry> entries = protocols.stream()
                .map(protocol -> new AllowlistEntry(
                        AllowlistEntry.Direction.OUTBOUND,
                        relay.isAddress() ? Optional.empty() : Optional.of(relay.host()),
                        relay.isAddress() ? Optional.of(Cidr.of(IpAddress.parse(relay.host()))) : Optional.empty(),
                        PortRange.of(relay.port()),
                        protocol,
                        protocol == Protocol.UDP
                                ? "relay: audio and video"
                                : "relay: signalling and fallback; exempt from inspection",
                        Optional.empty(),
                        now,
                        Optional.empty()))
                .toList();
        return new Allowlist(Optional.empty(), now.getEpochSecond(), now, Allowlist.Side.CLIENT, entries);
    }

    private String verdict() {
        List<Way> passed =
                findings.stream().filter(Finding::passed).map(Finding::way).toList();
        String measured = hasCredential
                ? ""
                : " Without a credential the relay was only asked whether it is there: nothing was sent through it.";
        if (passed.isEmpty()) {
            boolean isTheCredential = findings.stream()
                    .flatMap(finding -> finding.failure().stream())
                    .anyMatch(failure -> failure.code() == ErrorCode.CREDENTIAL_REFUSED);
            return isTheCredential
                    ? "The network lets through to " + relay + ", but the relay refuses the credential."
                    : "No way to " + relay + " is open: calls cannot work from here.";
        }
        if (passed.contains(Way.UDP)) {
            return "Calls work from here, with media over UDP, which is best." + measured;
        }
        return "Calls work from here over " + titles(passed) + ". Open UDP " + relay.port() + " to " + relay.host()
                + " for better audio and video." + measured;
    }

    private static String titles(Collection<Way> ways) {
        return ways.stream().map(Way::title).collect(Collectors.joining(", "));
    }
}
