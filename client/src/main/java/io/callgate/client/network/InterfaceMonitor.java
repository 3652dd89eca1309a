package io.callgate.client.network;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.Interfaces.Interface;
import io.callgate.model.IpAddress;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Looks at this machine's interfaces twice a second, on Linux, macOS and Windows: Java is not told of changes.
///
/// The network is the interface that the default route leaves by. Where there is none, as in a company that routes
/// its own addresses alone, it is all that are up together. A change counts once it has lasted 200 ms, so that it
/// is told within a second. Metered is what is cellular: Java knows no more.
public final class InterfaceMonitor implements NetworkMonitor {
    private static final Duration LASTS = Duration.ofMillis(200);
    private static final long LOOK_EVERY_MILLIS = 500;
    private static final long LOOK_AGAIN_MILLIS = 50;

    /// Of several interfaces that are up, the first of these is what they are together: only where all are mobile
    /// is the machine.
    private static final List<NetworkKind> STRONGEST_FIRST =
            List.of(NetworkKind.ETHERNET, NetworkKind.WIFI, NetworkKind.UNKNOWN, NetworkKind.CELLULAR);

    private final Interfaces interfaces;
    private final InterfaceKinds kinds;
    private final TimeSource time;
    private final Settling settling;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "callgate-network");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Network current;

    InterfaceMonitor(Interfaces interfaces, InterfaceKinds kinds, TimeSource time) {
        this.interfaces = interfaces;
        this.kinds = kinds;
        this.time = time;
        this.current = seen().orElse(Network.OFFLINE);
        this.settling = new Settling(current, LASTS.toNanos());
    }

    /// Looks once, which takes a few milliseconds, and goes on by a daemon thread.
    public static InterfaceMonitor start(TimeSource time) {
        return start(time, InterfaceKinds.byName());
    }

    /// The same with other rules for what an interface is.
    public static InterfaceMonitor start(TimeSource time, InterfaceKinds kinds) {
        InterfaceMonitor monitor = new InterfaceMonitor(new SystemInterfaces(), kinds, time);
        monitor.lookAgain();
        return monitor;
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
    public void close() {
        listeners.clear();
        watch.shutdownNow();
    }

    private void lookAgain() {
        long waitMillis = settling.isSettled() ? LOOK_EVERY_MILLIS : LOOK_AGAIN_MILLIS;
        try {
            watch.schedule(
                    () -> {
                        look();
                        lookAgain();
                    },
                    waitMillis,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
        }
    }

    /// One look. On the monitor's thread, or a test's.
    void look() {
        seen().flatMap(network -> settling.look(network, time.nanos())).ifPresent(now -> {
            Network before = current;
            current = now;
            listeners.forEach(listener -> tell(listener, before, now));
        });
    }

    private static void tell(Listener listener, Network before, Network now) {
        try {
            listener.onChange(before, now);
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /// Empty where the system does not say: then it stays as it was.
    private Optional<Network> seen() {
        try {
            return Optional.of(network(interfaces.up(), interfaces.source()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Network network(List<Interface> up, Optional<IpAddress> source) {
        for (Interface each : up) {
            if (source.isPresent() && each.addresses().contains(source.get())) {
                NetworkKind kind = kind(each);
                // The default route leads through it: it leads somewhere, whatever it is called.
                return network(kind == NetworkKind.OFFLINE ? NetworkKind.UNKNOWN : kind, each.addresses());
            }
        }
        Set<NetworkKind> present = new HashSet<>();
        Set<IpAddress> addresses = new HashSet<>();
        for (Interface each : up) {
            if (kind(each) != NetworkKind.OFFLINE) {
                present.add(kind(each));
                addresses.addAll(each.addresses());
            }
        }
        return STRONGEST_FIRST.stream()
                .filter(present::contains)
                .findFirst()
                .map(kind -> network(kind, addresses))
                .orElse(Network.OFFLINE);
    }

    private NetworkKind kind(Interface of) {
        return kinds.of(of.name(), of.displayName());
    }

    private static Network network(NetworkKind kind, Set<IpAddress> addresses) {
        return new Network(kind, addresses, kind == NetworkKind.CELLULAR);
    }
}
