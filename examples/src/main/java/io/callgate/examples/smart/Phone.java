package io.callgate.examples.smart;

import io.callgate.client.CloudProxy;
import io.callgate.client.DirectProbe;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Trust;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.examples.SystemTime;
import io.callgate.model.IpAddress;
import io.callgate.model.RequestedMode;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A phone that walks: from an office, whose firewall lets nothing out but the relay, into the street and
/// back. The phone and its networks are simulated, the relay is real.
public final class Phone implements DirectProbe, NetworkMonitor {
    private static final Network OFFICE = network(NetworkKind.WIFI, "192.0.2.10");
    private static final Network STREET = network(NetworkKind.CELLULAR, "198.51.100.7");

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile Network current = OFFICE;

    private Phone() {}

    /// @param args the entry, as HOST:PORT, and the pin of its certificate, as `serve` prints it
    public static void main(String[] args) throws InterruptedException {
        String token = System.getenv("CALLGATE_TOKEN");
        if (args.length < 2 || token == null) {
            System.err.println("want HOST:PORT and PIN, and CALLGATE_TOKEN; see examples/README.md");
            System.exit(2);
            return;
        }
        Phone phone = new Phone();
        BlockingQueue<String> paths = new LinkedBlockingQueue<>();
        try (CloudProxy proxy = CloudProxy.builder(new SystemTime())
                .entry(args[0])
                .trust(Trust.pin(args[1]))
                .uid("me")
                .token(() -> token)
                .mode(RequestedMode.SMART)
                .reprobeWhenProxied(true)
                .probe(phone)
                .network(phone)
                .events(new Printer(paths))
                .build()) {
            proxy.start();
            expect("PROXIED", paths);

            System.out.println("-- into the street: cellular, where nothing is closed");
            phone.walkTo(STREET);
            expect("DIRECT", paths);

            System.out.println("-- back to the office");
            phone.walkTo(OFFICE);
            expect("PROXIED", paths);

            System.out.println("-- what was decided, and when");
            System.out.print(proxy.trace().text());
        }
    }

    private static void expect(String path, BlockingQueue<String> paths) throws InterruptedException {
        String next = paths.poll(30, TimeUnit.SECONDS);
        if (!path.equals(next)) {
            System.err.println("expected " + path + ", got " + next);
            System.exit(1);
        }
    }

    private static final class Printer implements ProxyEvents {
        private final BlockingQueue<String> paths;

        Printer(BlockingQueue<String> paths) {
            this.paths = paths;
        }

        @Override
        public void onPlan(Plan plan) {
            System.out.println("use " + plan.path() + (plan.relay().isEmpty() ? "" : " by " + plan.relay()));
            paths.add(plan.path().isProxied() ? "PROXIED" : "DIRECT");
        }

        @Override
        public void onSwitching(EffectivePath from, EffectivePath to, ProxyEvent.Cause cause) {
            System.out.println("from " + from + " to " + to + ": " + cause);
        }

        @Override
        public void onFailed(Failure failure) {
            System.out.println(failure);
            paths.add("FAILED");
        }
    }

    // ------------------------------------------------------------------------ the simulated networks

    private static Network network(NetworkKind kind, String address) {
        return new Network(kind, Set.of(IpAddress.parse(address)), kind == NetworkKind.CELLULAR);
    }

    private void walkTo(Network next) {
        Network before = current;
        current = next;
        listeners.forEach(listener -> listener.onChange(before, next));
    }

    @Override
    public boolean signalling(Attempt attempt) {
        return current.kind() == NetworkKind.CELLULAR;
    }

    @Override
    public boolean media(Attempt attempt) {
        return current.kind() == NetworkKind.CELLULAR;
    }

    @Override
    public Network current() {
        return current;
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void forget(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {}
}
