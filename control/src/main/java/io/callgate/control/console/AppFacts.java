package io.callgate.control.console;

import io.callgate.control.store.App;
import io.callgate.control.store.AppLoad;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the page of an app shows.
///
/// @param announced pools that leases do not use yet, and from when on
/// @param addresses of the pools that lead its clients, those that are valid now
record AppFacts(
        App app,
        Map<String, Instant> announced,
        List<PoolAddress> addresses,
        long sessions,
        long kbitPerSecond,
        List<TokenSecret> tokenSecrets,
        boolean hasAppSign) {
    /// One that there is, never itself.
    record TokenSecret(String id, String createdAt) {}

    /// @return empty if there is no such app, or whoever looks may not know of it
    static Optional<AppFacts> read(Store store, Visit visit, String name) {
        var listed = visit.operate("listTokenSecrets", Map.of("appId", name));
        var api = visit.operate("readApp", Map.of("appId", name));
        if (api.problem().isPresent()) {
            return Optional.empty();
        }
        List<TokenSecret> secrets = listed.problem().isPresent()
                ? List.of()
                : listed.body()
                        .get("items")
                        .valueStream()
                        .map(item -> new TokenSecret(
                                item.get("id").asString(), item.get("createdAt").asString()))
                        .toList();
        AppId id = new AppId(name);
        return store.read(transaction -> transaction.apps().find(id).map(app -> {
            Optional<AppLoad> load = transaction.load().byApp().stream()
                    .filter(of -> of.app().equals(id))
                    .findFirst();
            return new AppFacts(
                    app,
                    transaction.pools().announcedTo(app),
                    addresses(transaction, app),
                    load.map(AppLoad::sessions).orElse(0L),
                    load.map(AppLoad::kbitPerSecond).orElse(0L),
                    secrets,
                    api.body().get("appSign").asBoolean());
        }));
    }

    /// As a developer writes it into the SDK: what was agreed, else where the relays of its pools are.
    List<String> entries() {
        if (app.settings().entry().isPresent()) {
            var entry = app.settings().entry().get();
            List<String> entries = new ArrayList<>();
            entry.domain().ifPresent(domain -> entries.add(domain + ":" + entry.port()));
            entry.ips().forEach(ip -> entries.add(ip.bracketed() + ":" + entry.port()));
            return entries;
        }
        return addresses.stream()
                .map(address -> address.cidr().network().bracketed() + ":"
                        + address.ports().first())
                .distinct()
                .toList();
    }

    private static List<PoolAddress> addresses(Transaction transaction, App app) {
        return transaction.pools().addressesFor(app).stream()
                .filter(address ->
                        !address.validFrom().isAfter(transaction.now()) && !address.isOver(transaction.now()))
                .toList();
    }
}
