package io.callgate.control.rest;

import io.callgate.control.allowlist.Notice;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.AppSettingsJson;
import io.callgate.control.store.AppStatus;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Pool;
import io.callgate.control.store.RevocationTable;
import io.callgate.control.store.SecretTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.AppId;
import io.callgate.model.Subject;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Apps and whom they have revoked, for the operator. Their secrets are [SecretResource]'s.
final class AppResource {
    private final Store store;
    private final InForce inForce;

    AppResource(Store store, InForce inForce) {
        this.store = store;
        this.inForce = inForce;
    }

    void addTo(Handlers handlers) {
        handlers.on("listApps", this::list)
                .on("createApp", this::create)
                .on("readApp", call -> store.read(transaction -> answer(transaction, find(transaction, call))))
                .on("changeApp", call -> inForce.await(call.appId(), change(call)))
                .on("tryApp", call -> inForce.await(call.appId(), tryOut(call)))
                .on("activateApp", call -> inForce.await(call.appId(), activate(call)))
                .on("suspendApp", this::suspend)
                .on("listRevocations", this::listRevocations)
                .on("revoke", this::revoke);
    }

    private Answer list(Call call) {
        return store.read(transaction -> Pages.answer(
                call.only()
                        .map(own -> own.stream()
                                .filter(app -> app.value().compareTo(call.after()) > 0)
                                .limit(call.limit() + 1L)
                                .flatMap(app -> transaction.apps().find(app).stream())
                                .toList())
                        .orElseGet(() -> transaction.apps().page(call.after(), call.limit() + 1)),
                call.limit(),
                app -> json(transaction, app),
                App::id));
    }

    private Answer create(Call call) {
        AppId id = Requests.field(call.body(), "id", AppId::new);
        if (id.equals(AppId.CHECK)) { // a relay refuses the whole state that has it
            throw new Refused(Problem.invalid("/id", id.value(), "that name is the check page's own: choose another"));
        }
        AppSettings settings = settings(AppSettings.of("-"), call.body());
        return store.change(call.actor(), transaction -> {
            if (transaction.apps().find(id).isPresent()) {
                throw Refused.conflict("there is an app " + id, "choose another id, or change that app");
            }
            checkPools(transaction, id, settings);
            App app = transaction.apps().create(id, settings);
            transaction
                    .audit()
                    .add(
                            "app.create",
                            id.value(),
                            "",
                            "",
                            json(transaction, app).toString());
            return Answer.created(json(transaction, app));
        });
    }

    private Answer change(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = find(transaction, call);
            if (call.body().has("revision") && call.body().get("revision").asLong() != app.revision()) {
                throw changedMeanwhile(app.id());
            }
            AppSettings settings = settings(app.settings(), call.body());
            checkPools(transaction, app.id(), settings);
            Map<String, Instant> announced = announced(transaction, app, settings);
            Optional<String> emergency = call.text("emergency").filter(why -> !announced.isEmpty());
            if (emergency.isPresent()) {
                announced.replaceAll((pool, from) -> transaction.now());
            } else if (!announced.isEmpty() && announced.keySet().containsAll(settings.pools())) {
                throw ledNowhere(app, settings, announced);
            }
            App changed = replace(transaction, app.withSettings(settings));
            announced.forEach((pool, from) -> transaction.pools().announceTo(app.id(), pool, from));
            ObjectNode before = AppSettingsJson.write(app.settings());
            ObjectNode after = AppSettingsJson.write(settings);
            transaction
                    .audit()
                    .add(
                            emergency.isPresent() ? "app.change.emergency" : "app.change",
                            app.id().value(),
                            emergency.orElse(""),
                            beyond(before, after),
                            beyond(after, before));
            return answer(transaction, changed);
        });
    }

    /// The pools that leases of the app may not use yet: its firewalls hear of what is new to them first.
    private static Map<String, Instant> announced(Transaction transaction, App app, AppSettings settings) {
        Map<String, Instant> announced = transaction.pools().announcedTo(app);
        announced.keySet().retainAll(settings.pools());
        for (String id : settings.pools()) {
            if (!app.settings().pools().contains(id)) {
                Pool pool = transaction.pools().find(id).orElseThrow();
                Instant earliest = Notice.earliestFor(transaction, app.id(), pool);
                if (earliest.isAfter(transaction.now())) {
                    announced.put(id, earliest);
                }
            }
        }
        return announced;
    }

    private static Refused ledNowhere(App app, AppSettings settings, Map<String, Instant> announced) {
        return new Refused(Problem.invalid(
                "/pools",
                String.join(", ", settings.pools()),
                "firewalls hear of these pools first, and leases use none of them before "
                        + Collections.min(announced.values()) + ": keep one of "
                        + String.join(", ", app.settings().pools())
                        + " until then, or say in emergency why not"));
    }

    private Answer activate(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = find(transaction, call);
            if (app.settings().pools().isEmpty()) {
                throw Refused.conflict(
                        "app " + app.id() + " has no pool to lead its clients to",
                        "change its pools, then activate it");
            }
            return move(
                    transaction,
                    app,
                    "activate",
                    AppStatus.ACTIVE,
                    Set.of(AppStatus.REQUESTED, AppStatus.TRIAL, AppStatus.SUSPENDED));
        });
    }

    private Answer suspend(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = find(transaction, call);
            // Credentials from before must not come back with the app: it gets new relay secrets then.
            transaction.secrets().removeAll(app.id(), SecretTable.Kind.RELAY);
            return move(transaction, app, "suspend", AppStatus.SUSPENDED, Set.of(AppStatus.TRIAL, AppStatus.ACTIVE));
        });
    }

    private Answer tryOut(Call call) {
        return store.change(
                call.actor(),
                transaction -> move(
                        transaction,
                        find(transaction, call),
                        "try",
                        AppStatus.TRIAL,
                        Set.of(AppStatus.REQUESTED, AppStatus.SUSPENDED)));
    }

    private static Answer move(Transaction transaction, App app, String action, AppStatus to, Set<AppStatus> from) {
        if (!from.contains(app.status())) {
            throw Refused.conflict(
                    "app " + app.id() + " is " + app.status(), action + " wants one that is " + words(from));
        }
        App moved = replace(transaction, app.withStatus(to));
        transaction.audit().add("app." + action, app.id().value(), "", state(app), state(moved));
        return answer(transaction, moved);
    }

    private Answer listRevocations(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction.revocations().page(find(transaction, call).id(), call.afterId(), call.limit() + 1),
                call.limit(),
                AppResource::json,
                UidRevocation::id));
    }

    private Answer revoke(Call call) {
        Subject uid = Requests.field(call.body(), "uid", Subject::new);
        return store.change(call.actor(), transaction -> {
            App app = find(transaction, call);
            UidRevocation revocation = revoke(transaction, app.id(), uid);
            transaction.audit().add("app.revoke", app.id().value(), uid.value());
            return Answer.created(json(revocation));
        });
    }

    static UidRevocation revoke(Transaction transaction, AppId app, Subject uid) {
        RevocationTable revocations = transaction.revocations();
        revocations.fullUntil(app, uid).ifPresent(end -> {
            throw Refused.conflict(
                    "app " + app + " has " + RevocationTable.MOST + " revocations, and the first ends at " + end,
                    "do it after that; to cut off all of the app's clients now, suspend it and activate it again");
        });
        return revocations.revoke(app, uid);
    }

    /// The app that the path names.
    static App find(Transaction transaction, Call call) {
        return transaction
                .apps()
                .find(call.appId())
                .orElseThrow(() -> Refused.notFound("app " + call.appId(), "list the apps first"));
    }

    /// With what relays need to know about it.
    static App replace(Transaction transaction, App app) {
        App changed = transaction.apps().replace(app).orElseThrow(() -> changedMeanwhile(app.id()));
        if (changed.isServed()) {
            for (Pool pool : transaction.pools().of(changed)) {
                transaction.secrets().ensureInPool(changed.id(), pool.id());
            }
        }
        transaction.counters().raise(Counter.STATE);
        return changed;
    }

    private static AppSettings settings(AppSettings old, ObjectNode changes) {
        return Requests.read(changes, node -> AppSettingsJson.merge(old, node));
    }

    private static void checkPools(Transaction transaction, AppId app, AppSettings settings) {
        for (int i = 0; i < settings.pools().size(); i++) {
            String id = settings.pools().get(i);
            Optional<Pool> pool = transaction.pools().find(id);
            if (pool.isEmpty() || !pool.get().admits(app)) {
                throw new Refused(Problem.invalid("/pools/" + i, id, "there is no such pool for this app"));
            }
            if (pool.get().kind() == Pool.Kind.TRIAL) {
                throw new Refused(Problem.invalid(
                        "/pools/" + i, id, "it is a trial pool, which serves every app on trial by itself"));
            }
        }
    }

    /// The settings that are not the same in another one.
    private static String beyond(ObjectNode settings, ObjectNode other) {
        ObjectNode changed = settings.deepCopy();
        settings.properties().stream()
                .filter(setting -> setting.getValue().equals(other.get(setting.getKey())))
                .forEach(setting -> changed.remove(setting.getKey()));
        return changed.toString();
    }

    private static String state(App app) {
        return "{\"state\":\"" + app.status() + "\"}";
    }

    private static Answer answer(Transaction transaction, App app) {
        return Answer.ok(json(transaction, app));
    }

    private static ObjectNode json(Transaction transaction, App app) {
        Map<String, Instant> announced = transaction.pools().announcedTo(app);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", app.id().value());
        node.put("state", app.status().name());
        node.put("revision", app.revision());
        node.put("createdAt", app.createdAt().toString());
        node.put("changedAt", app.changedAt().toString());
        node.setAll(AppSettingsJson.write(app.settings()));
        if (!announced.isEmpty()) {
            ArrayNode pools = node.putArray("announcedPools");
            new TreeMap<>(announced)
                    .forEach((pool, from) -> pools.addObject().put("pool", pool).put("validFrom", from.toString()));
        }
        node.put(
                "tokenSecrets",
                transaction.secrets().ofApp(app.id(), SecretTable.Kind.TOKEN).size());
        node.put(
                "appSign",
                !transaction
                        .secrets()
                        .ofApp(app.id(), SecretTable.Kind.APP_SIGN)
                        .isEmpty());
        return node;
    }

    static ObjectNode json(UidRevocation revocation) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", revocation.id().toString())
                .put("uid", revocation.uid().value())
                .put("notBefore", revocation.notBefore().toString())
                .put("until", revocation.expiresAt().toString());
    }

    private static Refused changedMeanwhile(AppId app) {
        return Refused.conflict("app " + app + " was changed meanwhile", "read it again and repeat the change");
    }

    private static String words(Set<AppStatus> statuses) {
        return String.join(
                " or ",
                statuses.stream()
                        .sorted()
                        .map(status -> status.name().toLowerCase(Locale.ROOT))
                        .toList());
    }
}
