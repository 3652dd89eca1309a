package io.callgate.control.rest;

import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Excess;
import io.callgate.control.store.FleetNeed;
import io.callgate.control.store.FleetUse;
import io.callgate.control.store.Quota;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Reporting;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.UsageTable.Told;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.Portion;
import io.callgate.model.UsageCount;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What some relays report, taken together, and what of each quota they may spend until they report again
/// (decision 0028): the fleet is added up once for all of them.
///
/// Whatever a heartbeat tells may have been told before, by a relay that did not hear the answer: then it changes
/// nothing.
final class Heartbeats {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    private final ServedApps served = new ServedApps();
    private final Callers callers = new Callers();

    /// One heartbeat and who sent it.
    record Heard(RelayNode relay, Heartbeat heartbeat) {}

    /// A heartbeat with the apps that its relay may speak for.
    private record Known(Heard heard, Map<AppId, Quota> quotas, List<AppNeed> needs) {
        RelayNode relay() {
            return heard.relay();
        }

        Heartbeat heartbeat() {
            return heard.heartbeat();
        }
    }

    /// @param all each of another relay
    /// @return the answers in the same order
    List<HeartbeatAnswer> take(Transaction transaction, List<Heard> all) {
        long version = transaction.counters().read(Counter.STATE); // first: what changes now is read again
        List<Known> known =
                all.stream().map(heard -> known(transaction, version, heard)).toList();
        transaction
                .usage()
                .take(known.stream()
                        .map(one -> new Told(one.relay(), counts(transaction, one)))
                        .toList());
        Set<UUID> taken = transaction
                .fleetUse()
                .report(known.stream()
                        .map(one -> new Reporting(one.relay().id(), report(transaction, one.heartbeat()), one.needs()))
                        .toList());
        Map<UUID, Long> sessions = takeSessions(transaction, known, taken);
        Set<AppId> inUse = inUse(transaction, known);
        FleetUse fleet = transaction.fleetUse().of(inUse);
        keepPeaks(transaction, fleet, known, taken);
        keepExcesses(transaction, fleet, known);
        Shares shares = new Shares(fleet, inUse);
        return known.stream()
                .map(one -> answer(
                        transaction,
                        shares,
                        version,
                        sessions.getOrDefault(one.relay().id(), 0L),
                        one))
                .toList();
    }

    private HeartbeatAnswer answer(
            Transaction transaction, Shares shares, long version, long sessionsTaken, Known one) {
        String pool = one.relay().pool();
        List<Portion> portions = shares.portions(pool, one.quotas(), one.needs());
        return new HeartbeatAnswer(
                version,
                one.relay().draining(),
                one.heartbeat().sequence(),
                sessionsTaken,
                portions,
                callers.of(transaction, pool, shares.crowded(pool, portions, one.needs())));
    }

    private Known known(Transaction transaction, long version, Heard heard) {
        Map<AppId, Quota> quotas = served.of(transaction, version, heard.relay().pool());
        return new Known(
                heard,
                quotas,
                heard.heartbeat().apps().stream()
                        .filter(need -> quotas.containsKey(need.app()))
                        .toList());
    }

    private static RelayReport report(Transaction transaction, Heartbeat heartbeat) {
        return new RelayReport(
                heartbeat.epoch(),
                heartbeat.sequence(),
                transaction.now(),
                heartbeat.software(),
                heartbeat.loadPercent(),
                heartbeat.draining(),
                0,
                heartbeat.stateVersion(),
                heartbeat.refusal(),
                heartbeat.refusals());
    }

    /// A relay speaks for the apps of its pool, and for those that it counted for before.
    private static List<UsageCount> counts(Transaction transaction, Known one) {
        return one.heartbeat().usage().stream()
                .filter(count -> one.quotas().containsKey(count.app())
                        || transaction.usage().hasCounted(one.relay().id(), count.app()))
                .toList();
    }

    /// @return up to which change the sessions of each relay are known now
    private static Map<UUID, Long> takeSessions(Transaction transaction, List<Known> known, Set<UUID> taken) {
        Map<UUID, Long> sessions = transaction.sessions().known(taken);
        for (Known one : known) {
            UUID relay = one.relay().id();
            if (taken.contains(relay)) {
                RelayStanding.change(transaction, one.relay(), one.heartbeat().endpoints());
                sessions.compute(
                        relay,
                        (id, before) -> transaction
                                .sessions()
                                .take(
                                        relay,
                                        Optional.ofNullable(before).orElseThrow(),
                                        one.heartbeat().sessions(),
                                        one.quotas()::containsKey));
            }
        }
        return sessions;
    }

    private static void keepPeaks(Transaction transaction, FleetUse fleet, List<Known> known, Set<UUID> taken) {
        Peaks peaks = new Peaks(fleet);
        for (Known one : known) {
            if (taken.contains(one.relay().id())) {
                peaks.add(one.relay().region(), one.needs());
            }
        }
        transaction.peaks().reach(peaks.reached());
    }

    /// Of the apps that these relays serve those that any relay has use for.
    private static Set<AppId> inUse(Transaction transaction, List<Known> known) {
        return transaction.fleetUse().inUse().stream()
                .filter(app -> known.stream().anyMatch(one -> one.quotas().containsKey(app)))
                .collect(Collectors.toSet());
    }

    /// What was agreed and passed.
    private record Passed(AppId app, Excess.Kind kind, long agreed) {}

    /// A subject that goes on at another relay when its own has died is counted at both for a while, and is one.
    private static void keepExcesses(Transaction transaction, FleetUse fleet, List<Known> known) {
        Map<Passed, Long> most = new HashMap<>();
        for (Known one : known) {
            for (AppNeed need : one.needs()) {
                Quota quota = one.quotas().get(need.app());
                Optional<FleetNeed> all = fleet.need(one.relay().pool(), need.app());
                if (all.isEmpty() || quota == null) {
                    continue;
                }
                // The peak of this relay stands for what happened while it was cut off.
                long sessions = all.get().sessions() - need.sessions() + need.peakSessions();
                most.merge(new Passed(need.app(), Excess.Kind.SESSIONS, quota.sessions()), sessions, Math::max);
                if (quota.kbitPerSecond() > 0) {
                    most.merge(
                            new Passed(need.app(), Excess.Kind.KBIT_PER_SECOND, quota.kbitPerSecond()),
                            all.get().kbitPerSecond(),
                            Math::max);
                }
            }
        }
        most.forEach((passed, counted) -> {
            boolean isAbove = counted > passed.agreed();
            long reached = isAbove && passed.kind() == Excess.Kind.SESSIONS
                    ? counted - transaction.sessions().countAgain(passed.app())
                    : counted;
            if (reached > passed.agreed()
                    && transaction.excesses().add(passed.app(), passed.kind(), passed.agreed(), reached)) {
                LOG.atWarn()
                        .addKeyValue("app", passed.app())
                        .addKeyValue("quota", passed.kind().label())
                        .addKeyValue("agreed", passed.agreed())
                        .addKeyValue("reached", reached)
                        .log("quota.passed");
            }
        });
    }
}
