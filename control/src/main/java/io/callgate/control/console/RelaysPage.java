package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Store;
import io.callgate.model.IpAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The relays of the fleet: how they are, how one is emptied, and how another joins.
final class RelaysPage {
    static final String PATH = "/relays";
    private static final String AFTER = "after";
    private static final int PAGE = 100;

    private final Store store;
    private final InetSocketAddress api;

    /// @param api where the API listens, and with it the link of the relays
    RelaysPage(Store store, InetSocketAddress api) {
        this.store = store;
        this.api = api;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty(), Optional.empty());
    }

    void act(Visit visit) {
        Map<String, String> relay = Map.of("relayId", visit.typed("relay").orElse(""));
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        switch (visit.typed("do").orElse("")) {
            case "drain" -> finish(visit, visit.operate("drainRelay", relay));
            case "resume" -> finish(visit, visit.operate("resumeRelay", relay));
            case "remove" -> finish(visit, visit.operate("removeRelay", relay));
            case "join" -> {
                request.put("pool", visit.typed("pool").orElse(""))
                        .put("region", visit.typed("region").orElse(""));
                visit.typed("carrier").ifPresent(carrier -> request.put("carrier", carrier));
                join(visit, visit.operate("createJoinToken", Map.of(), request));
            }
            default -> show(visit, 400, Optional.of(visit.say("That form is not known.", "未知的表单。")), Optional.empty());
        }
    }

    private void finish(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Optional.empty());
        } else {
            visit.redirect(page(visit));
        }
    }

    /// Where forms are sent, so that whoever acts is shown the same relays again.
    private static String page(Visit visit) {
        return PATH + visit.askedId(AFTER).map(id -> "?" + AFTER + "=" + id).orElse("");
    }

    private void join(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Optional.empty());
            return;
        }
        String control = visit.context().scheme() + "://" + apiHost(visit) + ":" + api.getPort();
        String joinToken = outcome.body().get("joinToken").asString();
        String expiresAt = outcome.body().get("expiresAt").asString();
        show(
                visit,
                200,
                Optional.empty(),
                Optional.of(new ShownOnce(
                        visit.say(
                                "For one relay, until " + expiresAt + "; shown this once. In its relay.yaml:",
                                "供一台中继使用，有效期至 " + expiresAt + "，仅显示这一次。写入该中继的 relay.yaml："),
                        "control: {urls: [" + control + "], joinToken: " + joinToken + "}")));
    }

    /// The address that the API listens on; if that is any, the host as this browser knows it.
    private String apiHost(Visit visit) {
        return api.getAddress().isAnyLocalAddress()
                ? Optional.ofNullable(visit.context().host())
                        .map(host -> host.replaceFirst(":\\d+$", ""))
                        .orElse("localhost")
                : IpAddress.of(api.getAddress()).bracketed();
    }

    private void show(Visit visit, int status, Optional<String> problem, Optional<ShownOnce> invitation) {
        if (visit.isOwner()) {
            visit.refuse(PATH);
            return;
        }
        Fleet fleet = store.read(transaction -> {
            List<RelayNode> found = transaction.relays().page(visit.askedId(AFTER), PAGE + 1);
            List<RelayNode> relays = found.stream().limit(PAGE).toList();
            return new Fleet(
                    transaction.pools().names(),
                    relays,
                    relays.stream()
                            .filter(relay -> transaction.relays().isAlive(relay))
                            .map(RelayNode::id)
                            .toList(),
                    found.size() > PAGE ? relays.getLast().id().toString() : "");
        });
        visit.answer(status, "relays", new View(visit, problem, invitation, fleet));
    }

    static boolean isDraining(RelayNode relay) {
        return relay.draining() || relay.report().filter(RelayReport::draining).isPresent();
    }

    static long sessions(RelayNode relay) {
        return relay.report().map(RelayReport::sessions).orElse(0L);
    }

    /// @param invitation for a relay that is to join, just made
    record View(Visit visit, Optional<String> problem, Optional<ShownOnce> invitation, Fleet fleet) {
        /// Where forms are sent.
        String page() {
            return RelaysPage.page(visit);
        }

        /// Whether there are relays before these.
        boolean isPast() {
            return visit.askedId(AFTER).isPresent();
        }

        /// The path of the next page, up to the value of its last parameter.
        String more() {
            return PATH + "?" + AFTER + "=";
        }

        /// Whether one of the relays drains and still has sessions.
        boolean isEmptying() {
            return fleet.relays().stream().anyMatch(relay -> isDraining(relay) && sessions(relay) > 0);
        }
    }

    /// All that is shown, read at one moment.
    ///
    /// @param pools all of them, for who lets a relay join
    /// @param next the last of these relays if there are more, else empty
    record Fleet(List<String> pools, List<RelayNode> relays, List<UUID> alive, String next) {}
}
