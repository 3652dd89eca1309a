package io.callgate.control.rest;

import io.callgate.control.lease.QuotaSplit;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Excess;
import io.callgate.control.store.FleetNeed;
import io.callgate.control.store.Quota;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.Portion;
import io.callgate.model.UsageCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What relays report, and what of each quota they may spend until they report again (decision 0028).
///
/// All of one heartbeat is one transaction. Whatever it tells may have been told before, by a relay that did not
/// hear the answer: then it changes nothing.
final class HeartbeatResource {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatResource.class);

    private final Store store;
    private final Reports reports;
    private final ServedApps served = new ServedApps();

    /// @param reports told of each
    HeartbeatResource(Store store, Reports reports) {
        this.store = store;
        this.reports = reports;
    }

    void addTo(Handlers handlers) {
        handlers.on("heartbeat", this::take);
    }

    private Answer take(Call call) {
        RelayNode relay = call.relay();
        Heartbeat heartbeat = Requests.read(call.body(), HeartbeatJson::read);
        Answer answer = store.change(call.actor(), transaction -> {
            Map<AppId, Quota> quotas = served.of(transaction, relay.pool());
            List<AppNeed> needs = heartbeat.apps().stream()
                    .filter(need -> quotas.containsKey(need.app()))
                    .toList();
            transaction.usage().take(relay, counts(transaction, relay, quotas, heartbeat.usage()));
            long sessionsTaken = 0;
            if (transaction.relays().report(relay.id(), report(transaction, heartbeat), needs)) {
                RelayStanding.change(transaction, relay, heartbeat.endpoints());
                Peaks.take(transaction, relay, needs);
                sessionsTaken = transaction.sessions().take(relay.id(), heartbeat.sessions(), quotas::containsKey);
            }
            return Answer.ok(HeartbeatJson.write(new HeartbeatAnswer(
                    transaction.counters().read(Counter.STATE),
                    relay.draining(),
                    heartbeat.sequence(),
                    sessionsTaken,
                    portions(transaction, relay, quotas, needs))));
        });
        reports.onTaken();
        return answer;
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
    private static List<UsageCount> counts(
            Transaction transaction, RelayNode relay, Map<AppId, Quota> quotas, List<UsageCount> told) {
        return told.stream()
                .filter(count ->
                        quotas.containsKey(count.app()) || transaction.usage().hasCounted(relay.id(), count.app()))
                .toList();
    }

    private static List<Portion> portions(
            Transaction transaction, RelayNode relay, Map<AppId, Quota> quotas, List<AppNeed> needs) {
        Map<AppId, FleetNeed> fleet = transaction
                .relays()
                .needs(relay.pool(), needs.stream().map(AppNeed::app).toList());
        List<Portion> portions = new ArrayList<>();
        for (AppNeed need : needs) {
            FleetNeed all = fleet.get(need.app());
            Quota quota = quotas.get(need.app());
            if (all != null && quota != null) { // else the report came late, and a newer one said that it needs nothing
                portions.add(QuotaSplit.portion(quota, all, need));
                tellExcess(transaction, quota, all, need);
            }
        }
        return portions;
    }

    /// The peak of this relay stands for what happened while it was cut off.
    private static long sessionsReached(FleetNeed all, AppNeed need) {
        return all.sessions() - need.sessions() + need.peakSessions();
    }

    private static void tellExcess(Transaction transaction, Quota quota, FleetNeed all, AppNeed need) {
        tellExcess(transaction, need.app(), Excess.Kind.SESSIONS, quota.sessions(), sessionsReached(all, need));
        if (quota.kbitPerSecond() > 0) {
            tellExcess(
                    transaction, need.app(), Excess.Kind.KBIT_PER_SECOND, quota.kbitPerSecond(), all.kbitPerSecond());
        }
    }

    private static void tellExcess(Transaction transaction, AppId app, Excess.Kind kind, long agreed, long reached) {
        if (reached > agreed && transaction.excesses().add(app, kind, agreed, reached)) {
            LOG.atWarn()
                    .addKeyValue("app", app)
                    .addKeyValue("quota", kind.label())
                    .addKeyValue("agreed", agreed)
                    .addKeyValue("reached", reached)
                    .log("quota.passed");
        }
    }
}
