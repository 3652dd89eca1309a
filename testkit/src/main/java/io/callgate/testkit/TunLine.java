package io.callgate.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/// A bad line made in user space, for kernels without netem (decision 0020): corp's routes lead to a TUN device,
/// another one stands at the router, and one thread a direction carries the packets between them, late, seldom or
/// slowly as a [LineSchedule] says.
final class TunLine implements ImpairedLine {
    /// The router's end. Rules for what comes from corp name `corp*`.
    static final String ROUTER_END = "corp-line";

    private static final String CORP_END = "line";
    private static final long LONGEST_WAIT_NANOS = 50_000_000; // so that closing is soon noticed

    private final Host corp;
    private final Host router;
    private final TunDevice corpEnd;
    private final TunDevice routerEnd;
    private final Thread up;
    private final Thread down;
    private volatile boolean closed;

    /// @param seed of what is lost and how late the rest comes
    TunLine(Host corp, Host router, Impairment impairment, long seed) {
        this.corp = corp;
        this.router = router;
        corpEnd = new TunDevice(corp, CORP_END);
        routerEnd = new TunDevice(router, ROUTER_END);
        layRoutes(); // first: a device that is not up takes nothing
        SplittableRandom chance = new SplittableRandom(seed);
        up = carrier("up", corpEnd, routerEnd, new LineSchedule(impairment, chance.split()));
        down = carrier("down", routerEnd, corpEnd, new LineSchedule(impairment, chance.split()));
    }

    @Override
    public String madeBy() {
        return "a user-space line (this kernel has no netem)";
    }

    /// What is on its way is lost.
    @Override
    public void close() {
        SystemCommand.run(ip(corp), """
            route replace %1$s/24 dev eth0 proto kernel scope link src %2$s
            route replace default via %3$s dev eth0
            """.formatted(network(), corp.address(), router.address()));
        closed = true;
        try {
            up.join();
            down.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the threads go on, so the devices stay until this process ends
            return;
        }
        corpEnd.close();
        routerEnd.close();
    }

    private void layRoutes() {
        SystemCommand.run(ip(router), """
            link set %1$s addrgenmode none up
            route replace %2$s/32 dev %1$s
            """.formatted(ROUTER_END, corp.address()));
        SystemCommand.run(ip(corp), """
            link set %1$s addrgenmode none up
            route replace default dev %1$s src %2$s
            route replace %3$s/24 dev %1$s src %2$s
            """.formatted(CORP_END, corp.address(), network()));
    }

    private String network() {
        return corp.address().replaceFirst("\\d+$", "0");
    }

    private static List<String> ip(Host host) {
        return List.of("ip", "-n", host.namespace(), "-batch", "-");
    }

    private Thread carrier(String direction, TunDevice from, TunDevice to, LineSchedule schedule) {
        return Thread.ofPlatform().daemon().name("impaired line " + direction).start(() -> {
            try (Arena arena = Arena.ofConfined()) {
                carry(from.file(), to.file(), schedule, arena.allocate(TunDevice.MAX_PACKET_BYTES));
            } catch (IOException e) {
                throw new LabException("the impaired line cannot go on " + direction, e);
            }
        });
    }

    private void carry(NativeFile from, NativeFile to, LineSchedule schedule, MemorySegment packet) throws IOException {
        Queue<Waiting> waiting = new ArrayDeque<>();
        while (!closed) {
            Waiting next = waiting.peek();
            long waitNanos = next == null ? LONGEST_WAIT_NANOS : next.dueNanos() - System.nanoTime();
            if (waitNanos > 0) from.awaitReadable(Math.min(waitNanos, LONGEST_WAIT_NANOS));
            for (int bytes = from.read(packet); bytes > 0; bytes = from.read(packet)) {
                long dueNanos = schedule.dueNanos(System.nanoTime(), bytes);
                if (dueNanos != LineSchedule.LOST) waiting.add(Waiting.of(dueNanos, packet, bytes));
            }
            while (!waiting.isEmpty() && waiting.element().dueNanos() <= System.nanoTime()) {
                to.write(waiting.remove().packet());
            }
        }
    }

    private record Waiting(long dueNanos, MemorySegment packet) {
        static Waiting of(long dueNanos, MemorySegment packet, int bytes) {
            return new Waiting(dueNanos, Arena.ofAuto().allocate(bytes).copyFrom(packet.asSlice(0, bytes)));
        }
    }
}
