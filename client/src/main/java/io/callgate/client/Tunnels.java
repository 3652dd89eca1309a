package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The tunnels of one proxy: each is moved onto the path in use as soon as it is on another. Loop only.
final class Tunnels {
    private static final long RETRY_MILLIS = 200;

    /// What peers have sent to the old address still arrives for so long.
    private static final long LINGER_MILLIS = 500;

    private final Common common;
    private final CurrentPath current;
    private final Map<CloudTunnel, Berth> tunnels = new LinkedHashMap<>();
    private final Set<DatagramTunnel> left = new HashSet<>();

    /// Where a tunnel is.
    private static final class Berth {
        private final CompletableFuture<CloudTunnel> opened;
        private long epoch = -1; // of the path that carries it
        private boolean moving;

        Berth(CompletableFuture<CloudTunnel> opened) {
            this.opened = opened;
        }
    }

    Tunnels(Common common, CurrentPath current) {
        this.common = common;
        this.current = current;
    }

    void open(DatagramTunnel.Receiver receiver, CompletableFuture<CloudTunnel> opened) {
        Runnable onChange = () -> common.threads().onLoop(this::tend);
        tunnels.put(new CloudTunnel(receiver, common.time(), onChange, onChange), new Berth(opened));
        tend();
    }

    /// Moves every tunnel that is not on the path in use.
    void tend() {
        tunnels.keySet().removeIf(CloudTunnel::isClosed);
        Optional<CloudTunnel.Opening> opening = current.tunnels();
        if (current.refusesTunnels()) {
            Failure why = new Failure(
                    ErrorCode.UDP_BLOCKED,
                    "the local proxies carry no datagrams",
                    "send media by TURN over TCP or TLS through them, or use a mode of the cloud proxy");
            tunnels.forEach((tunnel, berth) -> {
                if (!berth.opened.isDone()) {
                    tunnel.close();
                    refuse(berth.opened, why);
                }
            });
        }
        if (opening.isEmpty()) {
            return; // a move onto a dead path would wait where the next one is near
        }
        long target = current.epoch();
        tunnels.forEach((tunnel, berth) -> {
            if (!berth.moving && (berth.epoch != target || !tunnel.isAttached())) {
                berth.moving = true;
                common.threads().aside(() -> move(tunnel, berth, opening.get(), target));
            }
        });
    }

    private void move(CloudTunnel tunnel, Berth berth, CloudTunnel.Opening opening, long target) {
        boolean arrived = false;
        try {
            Optional<DatagramTunnel> before = tunnel.moveTo(opening);
            before.ifPresent(old -> {
                if (!common.threads().onLoop(() -> linger(old))) {
                    old.close();
                }
            });
            arrived = true;
        } catch (PathException e) {
            common.trace().add("a tunnel has not moved: " + e.failure());
        } finally {
            boolean isThere = arrived;
            common.threads().onLoop(() -> moved(tunnel, berth, isThere, target));
        }
    }

    private void linger(DatagramTunnel old) {
        left.add(old);
        common.threads().later(LINGER_MILLIS, () -> {
            if (left.remove(old)) {
                common.threads().aside(old::close);
            }
        });
    }

    private void moved(CloudTunnel tunnel, Berth berth, boolean isThere, long target) {
        if (!isThere) {
            common.threads().later(RETRY_MILLIS, () -> berth.moving = false);
            return;
        }
        berth.moving = false;
        berth.epoch = target;
        common.threads().answer(() -> berth.opened.complete(tunnel));
        tend();
    }

    /// All that are open have ended, and those that were waited for never come.
    void end(Failure why) {
        tunnels.forEach((tunnel, berth) -> {
            if (berth.opened.isDone()) {
                common.threads().aside(() -> tunnel.end(why));
            } else {
                tunnel.close();
                refuse(berth.opened, why);
            }
        });
        tunnels.clear();
        left.forEach(DatagramTunnel::close);
        left.clear();
    }

    /// From any thread; told on that of the events.
    void refuse(CompletableFuture<CloudTunnel> opened, Failure why) {
        common.threads().answer(() -> opened.completeExceptionally(new PathException(why)));
    }
}
