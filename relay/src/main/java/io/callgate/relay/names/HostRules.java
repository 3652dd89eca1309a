package io.callgate.relay.names;

import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.NameResolver;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the addresses of the names in destination rules fresh, for the life of a relay. A look-up that fails
/// leaves the last good answer in force. Confined to its executor's one thread, but for [#apply].
public final class HostRules {
    private static final Logger log = LoggerFactory.getLogger(HostRules.class);
    private static final NameResolver.Asker RULES = new NameResolver.Asker.Rules();
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final HostAddresses hosts;
    private final NameResolver names;
    private final ScheduledExecutorService executor;
    private final Map<String, Followed> followed = new HashMap<>();

    /// @param executor of one thread, such as [DnsNames#executor]
    public HostRules(HostAddresses hosts, NameResolver names, ScheduledExecutorService executor) {
        this.hosts = hosts;
        this.names = names;
        this.executor = executor;
    }

    /// Follows the names of this state and no others. To be called after the state's policies have been made.
    public void apply(DesiredState state) {
        Set<String> wanted = new HashSet<>();
        for (AppState app : state.apps()) {
            for (DestinationRule rule : app.destinations()) {
                if (rule instanceof DestinationRule.ToHost host) {
                    wanted.add(host.host().toLowerCase(Locale.ROOT));
                }
            }
        }
        hosts.keepOnly(wanted);
        executor.execute(() -> follow(wanted));
    }

    private void follow(Set<String> wanted) {
        followed.values().removeIf(each -> !wanted.contains(each.host) && each.stop());
        for (String host : wanted) {
            if (!followed.containsKey(host)) {
                Followed begun = new Followed(host);
                followed.put(host, begun);
                begun.lookUp();
            }
        }
    }

    private final class Followed {
        private final String host;
        private boolean isStopped;
        private boolean isFailing;
        private @Nullable Future<?> next;

        Followed(String host) {
            this.host = host;
        }

        void lookUp() {
            names.resolve(host, RULES)
                    .whenComplete((answer, failure) -> executor.execute(() -> onAnswer(answer, failure)));
        }

        boolean stop() {
            isStopped = true;
            if (next != null) {
                next.cancel(false);
            }
            return true;
        }

        private void onAnswer(NameResolver.@Nullable Resolved answer, @Nullable Throwable failure) {
            if (isStopped) {
                return;
            }
            if (answer != null) {
                hosts.resolved(host, answer.addresses(), answer.timeToLive());
            }
            boolean hasFailed = answer == null;
            if (hasFailed != isFailing) {
                isFailing = hasFailed;
                if (hasFailed) {
                    log.atWarn()
                            .addKeyValue("host", host)
                            .addKeyValue("cause", String.valueOf(failure))
                            .log("destination.unresolved");
                } else {
                    log.atInfo().addKeyValue("host", host).log("destination.resolved");
                }
            }
            Duration pause = answer == null ? AFTER_FAILURE : answer.timeToLive();
            next = executor.schedule(this::lookUp, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
