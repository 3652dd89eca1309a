package io.callgate.control.rest;

import io.callgate.control.store.PeakTable;
import io.callgate.control.store.PeakTable.Reached;
import io.callgate.control.store.PeakTable.Reported;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppNeed;
import io.callgate.model.IngressSessions;
import io.callgate.model.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The most sessions at once (PCU), taken with every heartbeat: what all other living relays said last, and this
/// one's own peak since it was heard, which stands for what happened meanwhile (decision 0056).
final class Peaks {
    private Peaks() {}

    static void take(Transaction transaction, RelayNode relay, List<AppNeed> needs) {
        PeakTable table = transaction.peaks();
        table.report(relay.id(), needs);
        List<Reported> others =
                table.reported(relay.id(), needs.stream().map(AppNeed::app).toList());
        List<Reached> reached = new ArrayList<>();
        for (AppNeed need : needs) {
            reach(reached, others, relay.region(), need, Optional.empty(), need.peakSessions());
            for (IngressSessions ingress : need.ingresses()) {
                reach(reached, others, relay.region(), need, Optional.of(ingress.ingress()), ingress.peak());
            }
        }
        table.reach(reached);
    }

    /// In the whole fleet, and in this region.
    private static void reach(
            List<Reached> reached,
            List<Reported> others,
            Region region,
            AppNeed need,
            Optional<String> ingress,
            long own) {
        Predicate<Reported> isMeant =
                one -> one.app().equals(need.app()) && one.ingress().equals(ingress);
        long everywhere = sum(others, isMeant);
        long here = sum(others, isMeant.and(one -> one.region().equals(region.value())));
        reached.add(new Reached(need.app(), Optional.empty(), ingress, everywhere + own));
        reached.add(new Reached(need.app(), Optional.of(region), ingress, here + own));
    }

    private static long sum(List<Reported> others, Predicate<Reported> isMeant) {
        return others.stream().filter(isMeant).mapToLong(Reported::sessions).sum();
    }
}
