package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.PoolTable;
import io.callgate.control.store.Store;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Pools, and their addresses as firewalls open them: published and withdrawn, with notice.
final class PoolsPage {
    static final String PATH = "/pools";
    private static final int PAGE = 100;

    /// In the query: the last pool of the page before; the pool and the id of its last address.
    private static final String POOL = "pool";

    private static final String IN = "in";
    private static final String ADDRESS = "address";

    /// Where the pools begin, below the addresses.
    static final String POOLS = "pools";

    private final Store store;

    PoolsPage(Store store) {
        this.store = store;
    }

    /// All that is shown, read at one moment.
    ///
    /// @param names of all pools
    /// @param pools of this page
    /// @param used those of them that are not empty
    /// @param addresses of this page
    record Book(
            List<String> names,
            List<Pool> pools,
            boolean hasMorePools,
            List<String> used,
            List<PoolAddress> addresses,
            boolean hasMoreAddresses,
            Instant now) {}

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    void act(Visit visit) {
        Map<String, String> pool = Map.of("poolId", visit.typed("pool").orElse(""));
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        Outcome outcome = switch (visit.typed("do").orElse("")) {
            case "create" -> {
                request.put("id", visit.typed("id").orElse(""))
                        .put("kind", visit.typed("kind").orElse(""));
                visit.typed("owner").ifPresent(owner -> request.put("owner", owner));
                putDays(visit, request);
                yield visit.operate("createPool", Map.of(), request);
            }
            case "change" -> {
                putDays(visit, request);
                yield visit.operate("changePool", pool, request);
            }
            case "remove" -> visit.operate("removePool", pool);
            case "publish" -> visit.operate("addAddress", pool, address(visit, request));
            case "withdraw" -> {
                visit.typed("emergency").ifPresent(why -> request.put("emergency", why));
                yield visit.operate("withdrawAddress", address(visit), request);
            }
            case "forget" -> visit.operate("removeAddress", address(visit));
            default -> Outcome.unknownForm(visit.say("That form is not known.", "未知的表单。"));
        };
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect(page(visit));
        }
    }

    /// Where forms are sent, so that whoever acts is shown the same pools and addresses again.
    private static String page(Visit visit) {
        return page(visit.asked(POOL), place(visit));
    }

    private static String page(Optional<String> pool, Optional<PoolTable.Place> place) {
        List<String> query = Stream.concat(
                        pool.map(id -> POOL + "=" + Visit.encoded(id)).stream(),
                        place.stream()
                                .flatMap(last -> Stream.of(
                                        IN + "=" + Visit.encoded(last.pool()), ADDRESS + "=" + last.address())))
                .toList();
        return query.isEmpty() ? PATH : PATH + "?" + String.join("&", query);
    }

    /// Empty: from the first address.
    private static Optional<PoolTable.Place> place(Visit visit) {
        return visit.asked(IN)
                .flatMap(pool -> visit.askedId(ADDRESS).map(address -> new PoolTable.Place(pool, address)));
    }

    /// What is no number is kept as it was typed: the contract says what is wrong with it.
    private static void putDays(Visit visit, ObjectNode request) {
        visit.typed("noticeDays").ifPresent(days -> {
            if (days.matches("\\d{1,4}")) {
                request.put("noticeDays", Integer.parseInt(days));
            } else {
                request.put("noticeDays", days);
            }
        });
    }

    private static Map<String, String> address(Visit visit) {
        return Map.of(
                "poolId",
                visit.typed("pool").orElse(""),
                "addressId",
                visit.typed("address").orElse(""));
    }

    private static ObjectNode address(Visit visit, ObjectNode request) {
        for (String name : List.of("cidr", "ports", "region", "purpose")) {
            request.put(name, visit.typed(name).orElse(""));
        }
        var transports = request.putArray("transports");
        visit.allTyped("transports").forEach(transports::add);
        for (String name : List.of("domain", "emergency")) {
            visit.typed(name).ifPresent(text -> request.put(name, text));
        }
        for (String name : List.of("validFrom", "validUntil")) {
            visit.typed(name).ifPresent(day -> request.put(name, day.matches("[\\d-]{10}") ? day + "T00:00:00Z" : day));
        }
        return request;
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        if (visit.isOwner()) {
            visit.refuse(PATH);
            return;
        }
        Book book = store.read(transaction -> {
            List<Pool> pools = transaction.pools().page(visit.asked(POOL).orElse(""), PAGE + 1);
            List<PoolAddress> addresses =
                    transaction.pools().addressesOfAll(place(visit).orElse(PoolTable.Place.FIRST), PAGE + 1);
            return new Book(
                    transaction.pools().names(),
                    pools.stream().limit(PAGE).toList(),
                    pools.size() > PAGE,
                    pools.stream()
                            .limit(PAGE)
                            .map(Pool::id)
                            .filter(transaction.pools()::isUsed)
                            .toList(),
                    addresses.stream().limit(PAGE).toList(),
                    addresses.size() > PAGE,
                    transaction.now());
        });
        visit.answer(status, "pools", new View(visit, problem, book));
    }

    record View(Visit visit, Optional<String> problem, Book book) {
        /// Where forms are sent.
        String page() {
            return PoolsPage.page(visit);
        }

        /// Whether this visitor may still do something about it; when it was withdrawn, it only has to end.
        boolean mayEnd(PoolAddress address) {
            return visit.isOperator()
                    && (isUnused(address) || address.validUntil().isEmpty());
        }

        /// Whether leases use it no more, or not yet.
        boolean isUnused(PoolAddress address) {
            return address.isOver(book.now()) || address.validFrom().isAfter(book.now());
        }

        /// Whether there are addresses before these.
        boolean isPastAddresses() {
            return place(visit).isPresent();
        }

        Optional<String> moreAddresses() {
            if (!book.hasMoreAddresses()) {
                return Optional.empty();
            }
            PoolAddress last = book.addresses().getLast();
            return Optional.of(
                    PoolsPage.page(visit.asked(POOL), Optional.of(new PoolTable.Place(last.pool(), last.id()))));
        }

        /// Whether there are pools before these.
        boolean isPastPools() {
            return visit.asked(POOL).isPresent();
        }

        Optional<String> morePools() {
            return book.hasMorePools()
                    ? Optional.of(
                            PoolsPage.page(Optional.of(book.pools().getLast().id()), place(visit)) + "#" + POOLS)
                    : Optional.empty();
        }
    }

    /// As firewalls are told.
    static String target(PoolAddress address) {
        int bits = address.cidr().prefixBits();
        boolean isOne = bits == (address.cidr().network().isV4() ? 32 : 128);
        return (isOne ? address.cidr().network().bracketed() : address.cidr().toString()) + ":" + address.ports();
    }

    static String transports(PoolAddress address) {
        return address.transports().stream().map(Transport::lowerCase).sorted().collect(Collectors.joining(", "));
    }

    /// Where a relay says that a browser has reached it; empty if none is there, or none by TCP.
    static Optional<String> checkPage(PoolAddress address) {
        if (address.relay().isEmpty() || !address.transports().contains(Transport.TCP)) {
            return Optional.empty();
        }
        String host =
                address.serverName().orElseGet(() -> address.cidr().network().bracketed());
        String scheme = address.serverName().isPresent() ? "https" : "http";
        return Optional.of(scheme + "://" + host + ":" + address.ports().first() + "/check");
    }
}
