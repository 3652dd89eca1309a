package io.callgate.client;

import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.client.mode.Event;
import io.callgate.client.mode.OrderRules;
import io.callgate.client.mode.ProxyConfig;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.DialerSockets;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.Geofence;
import io.callgate.model.LeaseRequest;
import io.callgate.model.Region;
import io.callgate.model.RequestedMode;
import io.callgate.model.SdkVersion;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/// Answers one question for any RTC stack: how do I get through, now, and when does that change?
///
/// ```java
/// CloudProxy proxy = CloudProxy.builder(time)
///         .entry("proxy.example.com").uid("alice").token(() -> tokenOfYourServer()).events(events).build();
/// proxy.start();                                        // events.onPlan tells what to use
/// proxy.openTunnel(receiver).thenAccept(tunnel -> ...); // or datagrams without WebRTC
/// ```
///
/// **Modes.** The app's own ([Builder#mode]), else the policy of the last lease, else control's, else
/// STANDARD. Until the mode is known no packet goes to anybody but the entries. The policy's figures, probe
/// time and cellular exception, count for an app's own mode too: they are looked for beside the probe, which
/// begins anew where they are others than it began with. SMART and AUTO ask the
/// [DirectProbe] first; without one they take the direct way for closed. Once a mode is proxied nothing falls
/// back to the direct way, names included: give entries by address where DNS must stay silent.
///
/// **Order.** The mode may be set at any time; during a call it counts from the next [#start]
/// ([ProxyEvents#onChangeDeferred]). [#start] during a call is [ErrorCode#CALLED_TOO_LATE]; after a call has
/// failed it begins anew. After [#close] everything is [ErrorCode#NOT_INITIALIZED]. A null is a
/// `NullPointerException`, a value out of range an `IllegalArgumentException`; neither changes anything.
///
/// **Threads.** Every method may be called from any thread and returns at once; closing twice is closing
/// once. Events come on one thread of the proxy's own. The token supplier, the probe and the store are called
/// on others, where they may block.
///
/// **When a relay dies.** The path is asked for a sign of life about six times a second. After a third of a
/// second of silence the other candidates are raced beside it; the first that answers takes over unless the
/// old one has spoken meanwhile. If none answers, [ProxyEvents#onFailed] says so once, and they are tried
/// until `giveUpAfter`.
public final class CloudProxy implements Closeable {
    private final Settings settings;
    private final Conductor conductor;

    private CloudProxy(Settings settings) {
        this.settings = settings;
        this.conductor = new Conductor(settings);
        settings.mode().ifPresent(this::setMode);
        settings.local().ifPresent(this::setLocal);
    }

    public static Builder builder(TimeSource time) {
        return new Builder(Objects.requireNonNull(time, "time"));
    }

    /// @param mode not [RequestedMode#LOCAL], which has [#setLocal]; from there only NONE comes next
    /// @return OK, or why nothing has changed
    public ErrorCode setMode(RequestedMode mode) {
        Objects.requireNonNull(mode, "mode");
        boolean asksControl = mode != RequestedMode.NONE;
        if (mode == RequestedMode.LOCAL || (asksControl && settings.asker().isEmpty())) {
            return ErrorCode.INVALID_ARGUMENT;
        }
        return conductor.set(mode);
    }

    /// Mode LOCAL, with these proxies. It and the modes of the cloud proxy exclude each other: between them
    /// comes NONE.
    ///
    /// @return OK, or why nothing has changed
    public ErrorCode setLocal(LocalProxies proxies) {
        return conductor.set(Objects.requireNonNull(proxies, "proxies"));
    }

    /// The engine exists: for facades whose order rules freeze the mode with it.
    public ErrorCode engineCreated() {
        return conductor.feed(new Event.EngineCreated());
    }

    /// Begins a call: finds a way and keeps it.
    ///
    /// @return OK if it began; how it goes is told by events
    public ErrorCode start() {
        return conductor.start();
    }

    /// Ends the call; tunnels end with it. OK also where there was none.
    public ErrorCode stop() {
        return conductor.stop();
    }

    /// What to use now; empty until the first path is up, and while there is none.
    public Optional<Plan> plan() {
        return conductor.plan();
    }

    /// Sockets for signalling, each by the plan of the moment it connects: directly while direct, else
    /// through the relay, where names are resolved; while there is no plan they fail. [DialerSockets] says
    /// how to use them with OkHttp. Those that are open stay where they are when the plan changes: connect
    /// again upon [ProxyEvents#onPlan].
    public SocketFactory signallingSockets() {
        return new DialerSockets(
                () -> plan().orElseThrow(() -> new PathException(
                                ErrorCode.NOT_INITIALIZED,
                                "there is no way through now: " + state(),
                                "wait for the next plan"))
                        .signalling(),
                settings.time());
    }

    /// What the firewall in front of this client must open, as the operator signed it: asked of control in
    /// the name of the lease at hand.
    ///
    /// @param trusted the operator's key, as the app was built with; what the list names itself proves
    ///     nothing. Ed25519 is in Java from 15 on; an older Android needs a provider that has it
    /// @return completed on the thread of the events; else with a [PathException]:
    ///     [ErrorCode#ALLOWLIST_UNTRUSTED] if somebody else signed the list, or changed it,
    ///     [ErrorCode#NOT_INITIALIZED] while there is no lease
    public CompletableFuture<Allowlist> allowlist(AllowlistKey trusted) {
        return conductor.allowlist(Objects.requireNonNull(trusted, "trusted"));
    }

    /// As events name it.
    public String state() {
        return conductor.stateName();
    }

    public Trace trace() {
        return conductor.trace();
    }

    /// A tunnel that follows the path. The future is completed on the thread of the events, when the first
    /// path carries it; else with a [PathException], at once if no call has begun.
    ///
    /// @param receiver told on threads of the tunnel, one call at a time
    public CompletableFuture<CloudTunnel> openTunnel(DatagramTunnel.Receiver receiver) {
        return conductor.openTunnel(Objects.requireNonNull(receiver, "receiver"));
    }

    @Override
    public void close() {
        conductor.close();
    }

    /// Collects what a proxy needs: an entry, a uid, and a token or an app sign; the rest has a default. Not
    /// for several threads.
    public static final class Builder {
        private final TimeSource time;
        private final List<HostPort> entries = new ArrayList<>();
        private @Nullable Subject uid;
        private @Nullable AppId app;
        private @Nullable String appSign;
        private @Nullable Supplier<String> token;
        private @Nullable RequestedMode mode;
        private @Nullable LocalProxies local;
        private @Nullable Region region;
        private Geofence regions = Geofence.EVERYWHERE;
        private @Nullable String carrier;
        private OptionalLong allowlistVersion = OptionalLong.empty();
        private Set<Transport> transports = EnumSet.noneOf(Transport.class);
        private Trust trust = Trust.system();
        private Dialer dialer = Dialer.direct();
        private @Nullable NetworkMonitor network;
        private @Nullable DirectProbe probe;
        private LeaseStore store = LeaseStore.NONE;
        private ProxyEvents events = new ProxyEvents() {};
        private OrderRules rules = OrderRules.OWN;
        private boolean reprobeWhenProxied;
        private Duration giveUpAfter = ProxyConfig.GIVE_UP_AFTER;

        private Builder(TimeSource time) {
            this.time = time;
        }

        /// Where leases are asked for: `proxy.example.com`, `203.0.113.7:8443`, port 443 if none is said.
        /// Repeat it for more; they are tried in this order, each with a short head start over the next, but
        /// the one that answered last goes first, over restarts too where there is a [#store].
        /// Without any, `entry` in `callgate.properties` on the class path counts.
        public Builder entry(String hostAndPort) {
            entries.add(Entries.parse(hostAndPort));
            return this;
        }

        public Builder uid(String name) {
            uid = new Subject(name);
            return this;
        }

        /// @param supplier of a token that the app's server has made; asked anew for each lease
        public Builder token(Supplier<String> supplier) {
            token = Objects.requireNonNull(supplier, "supplier");
            return this;
        }

        /// The app; with a token needed only to ask for its policy where no lease has told it.
        public Builder app(String id) {
            app = new AppId(id);
            return this;
        }

        /// In place of a token, where the operator allows it for the app.
        public Builder appSign(String id, String sign) {
            app = new AppId(id);
            appSign = Objects.requireNonNull(sign, "sign");
            return this;
        }

        /// @param requested not LOCAL
        public Builder mode(RequestedMode requested) {
            if (requested == RequestedMode.LOCAL) {
                throw new IllegalArgumentException("mode LOCAL: want local(proxies)");
            }
            mode = Objects.requireNonNull(requested, "requested");
            return this;
        }

        /// Mode LOCAL, with these proxies. An app that uses nothing else needs no entry, uid or token.
        public Builder local(LocalProxies proxies) {
            local = Objects.requireNonNull(proxies, "proxies");
            return this;
        }

        /// Preferred; others will do.
        public Builder region(String name) {
            region = new Region(name);
            return this;
        }

        /// The only ones that will do: where there is no relay in them, none is used, and
        /// [ErrorCode#REGION_FORBIDDEN] is told.
        public Builder regions(Geofence within) {
            regions = Objects.requireNonNull(within, "within");
            return this;
        }

        /// The network operator that the client is with, as the operator of the relays names it.
        public Builder carrier(String name) {
            carrier = Objects.requireNonNull(name, "name");
            return this;
        }

        /// Which version of the operator's allowlist the firewall in front of this client has, where the app
        /// was told. Control hears it with each request for a lease; [ProxyEvents#onAllowlistChanged] tells
        /// when the lease is of another.
        public Builder allowlistVersion(long version) {
            if (version < 0) {
                throw new IllegalArgumentException("allowlistVersion " + version + ": want 0 or more");
            }
            allowlistVersion = OptionalLong.of(version);
            return this;
        }

        /// Only these carry media; all by default. Signalling goes by TCP or TLS of the relay in use, whatever is
        /// said here.
        public Builder transports(Set<Transport> wanted) {
            transports = Set.copyOf(wanted);
            return this;
        }

        /// Of entries, and of relays whose candidates carry no pin.
        public Builder trust(Trust of) {
            trust = Objects.requireNonNull(of, "of");
            return this;
        }

        /// The company's own proxy, which everything proxied and every question to control goes through.
        public Builder through(Hop hop) {
            dialer = dialer.through(Objects.requireNonNull(hop, "hop"));
            return this;
        }

        /// Stays the caller's to close. Without one the network is unknown and never changes.
        public Builder network(NetworkMonitor monitor) {
            network = Objects.requireNonNull(monitor, "monitor");
            return this;
        }

        public Builder probe(DirectProbe direct) {
            probe = Objects.requireNonNull(direct, "direct");
            return this;
        }

        public Builder store(LeaseStore leases) {
            store = Objects.requireNonNull(leases, "leases");
            return this;
        }

        public Builder events(ProxyEvents listener) {
            events = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /// For facades: when the mode may be set.
        public Builder rules(OrderRules order) {
            rules = Objects.requireNonNull(order, "order");
            return this;
        }

        /// Whether SMART tries the direct way again when the network changes while it is proxied.
        public Builder reprobeWhenProxied(boolean reprobes) {
            reprobeWhenProxied = reprobes;
            return this;
        }

        /// How long a lost path is sought before the call has failed.
        public Builder giveUpAfter(Duration whole) {
            if (whole.isNegative() || whole.isZero()) {
                throw new IllegalArgumentException("giveUpAfter " + whole + ": want more than 0");
            }
            giveUpAfter = whole;
            return this;
        }

        /// @throws IllegalStateException if the uid, an entry, or both token and app sign are missing; or if
        ///     there are local proxies and a mode of the cloud proxy
        public CloudProxy build() {
            if (local != null && mode != null && mode != RequestedMode.NONE) {
                throw new IllegalStateException("mode " + mode + " and local proxies: they exclude each other");
            }
            boolean asksControl = local == null || uid != null || !entries.isEmpty();
            return new CloudProxy(new Settings(
                    time,
                    asksControl ? Optional.of(asker()) : Optional.empty(),
                    Optional.ofNullable(local),
                    Optional.ofNullable(mode),
                    transports,
                    trust,
                    dialer,
                    Optional.ofNullable(network),
                    Optional.ofNullable(probe),
                    store,
                    events,
                    rules,
                    reprobeWhenProxied,
                    giveUpAfter));
        }

        private LeaseAsker asker() {
            if (uid == null) {
                throw new IllegalStateException("no uid: want uid(name)");
            }
            if (token == null && appSign == null) {
                throw new IllegalStateException(
                        "neither token nor app sign: want token(supplier) or appSign(id, sign)");
            }
            List<HostPort> asked = Entries.orDefault(entries);
            LeaseRequest request = new LeaseRequest(
                    uid,
                    Optional.ofNullable(region),
                    regions,
                    Optional.ofNullable(carrier),
                    Optional.empty(),
                    LeaseAsker.withSignalling(transports),
                    Optional.of(new LeaseRequest.Sdk("callgate-java", new SdkVersion(0, 1, 0))),
                    allowlistVersion);
            Supplier<String> supplier = token != null ? token : () -> "";
            return new LeaseAsker(
                    new LeaseClient(asked, trust, dialer, time),
                    new LeaseClient.Claim(Optional.ofNullable(app), Optional.ofNullable(appSign), supplier),
                    request,
                    Optional.ofNullable(network));
        }
    }
}
