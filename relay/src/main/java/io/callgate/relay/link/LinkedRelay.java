package io.callgate.relay.link;

import io.callgate.model.DesiredState;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.RefusalCount;
import io.callgate.model.RelayEndpoint;
import io.callgate.model.Secret;
import io.callgate.model.SessionChanges;
import io.callgate.model.TimeSource;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayException;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.RelaySnapshot;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.relay.report.Reporter;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A relay whose apps come from control. It joins with its token, or is known from before; then control's word is
/// in force within moments of a change, and goes on being so while control is away, over restarts too.
///
/// ```java
/// LinkOptions link = LinkOptions.onLoopback(8444, token, "relay-1", memory);
/// try (LinkedRelay linked = LinkedRelay.start(own, RelayOptions.of(time), link)) {
///     while (!linked.awaitState(Duration.ofSeconds(1))) { … linked.problem() … }
///     linked.relay().snapshot() …
/// }
/// ```
///
/// Every method may be called from any thread but the relay's own loops.
public final class LinkedRelay implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LinkedRelay.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Duration UNREADABLE_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
    private static final Duration TO_HEAR = Duration.ofMillis(50);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration BEAT_ANSWER = Duration.ofSeconds(5);
    private static final Duration SNAPSHOT = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration URGENT_GAP = Duration.ofSeconds(1);
    private static final int WAIT_SECONDS = 20;

    private final LinkOptions options;
    private final TimeSource time;
    private final ControlNodes nodes;
    private final LinkedState state;
    private final Relay relay;
    private final LinkThread hearing;
    private final LinkThread reporting;

    /// Who waits for control's first word waits here.
    private final Object heard = new Object();

    private volatile Optional<Membership> membership;
    private volatile Optional<String> joinRefusal = Optional.empty();
    private volatile DesiredState own;

    // Of the thread that reports.
    private long sequence;
    private long beatAtNanos;
    private boolean hasBeaten;
    private List<RelayEndpoint> told = List.of();
    private long toldVersion;

    private LinkedRelay(DesiredState own, RelayOptions relayOptions, LinkOptions options) {
        this.options = options;
        this.time = relayOptions.time();
        this.own = own;
        this.membership = recallMembership(options.memory());
        if (membership.isEmpty() && options.joinToken().isEmpty()) {
            throw new LinkException("this relay is in no fleet yet and has no join token; create one at control (POST"
                    + " /v1/join-tokens) and name it as joinToken");
        }
        SecureRandom random = new SecureRandom();
        this.hearing = new LinkThread("state", this::hear, new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random));
        this.reporting = new LinkThread("heartbeat", this::report, new Backoff(FIRST_PAUSE, LONGEST_SILENCE, random));
        this.nodes = new ControlNodes(options);
        this.state = LinkedState.recall(own, options.memory(), relayOptions.time());
        try {
            this.relay = Relay.start(state.desired(), relayOptions.withPassage(new Passage(this::pass)));
        } catch (RuntimeException e) {
            nodes.close();
            throw e;
        }
        state.feed(relay::apply);
    }

    /// Starts the relay with what control said last, and the link. Returns at once, whether control answers or
    /// not: [#awaitState] tells when clients can be served.
    ///
    /// @param own what the relay's own file says; its apps and revocations mean nothing
    /// @throws RelayException if the state cannot be served whole; nothing is left behind
    /// @throws LinkException if there is no way into a fleet
    public static LinkedRelay start(DesiredState own, RelayOptions relay, LinkOptions link) {
        LinkedRelay linked = new LinkedRelay(own, relay, link);
        linked.hearing.start();
        linked.reporting.start();
        return linked;
    }

    /// For all that does not concern its state.
    public Relay relay() {
        return relay;
    }

    /// Takes over a change of the relay's own file, with control's word as it is in force.
    ///
    /// @throws RelayException with every problem; the old state stays in force
    public void apply(DesiredState next) {
        state.become(next);
        own = next;
    }

    /// Waits until control's word, of now or from before, is in force.
    ///
    /// @return false if it was not within that time
    /// @throws LinkException if control does not let this relay in: waiting would not help
    public boolean awaitState(Duration patience) throws InterruptedException {
        long endNanos = time.nanos() + patience.toNanos();
        synchronized (heard) {
            while (!state.hasState()) {
                joinRefusal.ifPresent(refusal -> {
                    throw new LinkException("control does not let this relay in: " + refusal);
                });
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - time.nanos());
                if (leftMillis <= 0) {
                    return false;
                }
                heard.wait(leftMillis);
            }
        }
        return true;
    }

    private void tellWhoWaits() {
        synchronized (heard) {
            heard.notifyAll();
        }
    }

    /// Why control is not heard; empty while it is.
    public Optional<String> problem() {
        return hearing.problem();
    }

    /// What is not in force of what control wants, and why. Control's operator sees the same.
    public Optional<String> refusal() {
        return state.refusal();
    }

    /// Ends the link, then the relay and every session. Idempotent.
    @Override
    public void close() {
        hearing.close();
        reporting.close();
        nodes.close();
        relay.close();
    }

    // ------------------------------------------------------------------------------------------------------- to join

    private static Optional<Membership> recallMembership(LinkMemory memory) {
        try {
            return memory.recall(LinkMemory.Part.IDENTITY).map(Membership::parse);
        } catch (IOException | IllegalArgumentException e) {
            throw new LinkException(
                    "cannot read who this relay is to control: " + e.getMessage() + "; remove that file to join anew",
                    e);
        }
    }

    private void join(Secret token) throws ControlException, InterruptedException {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("joinToken", token.reveal());
        request.put("name", options.name());
        request.put("software", options.software());
        ArrayNode endpoints = request.putArray("endpoints");
        endpoints().forEach(endpoint -> endpoints.add(HeartbeatJson.write(endpoint)));
        String answer = nodes.post(
                        "/link/join", Optional.empty(), request.toString(), ANSWER, ControlNodes.MOST_ANSWER_BYTES)
                .body();
        Membership joined = Membership.joined(answer, token);
        try {
            options.memory().keep(LinkMemory.Part.IDENTITY, joined.json());
        } catch (IOException e) {
            log.atWarn().addKeyValue("cause", String.valueOf(e.getMessage())).log("link.identity.not.kept");
        }
        membership = Optional.of(joined);
        joinRefusal = Optional.empty();
        log.atInfo()
                .addKeyValue("relay", joined.relayId())
                .addKeyValue("name", options.name())
                .log("link.joined");
    }

    private void joinOrRemember(Secret token) throws ControlException, InterruptedException {
        try {
            join(token);
        } catch (ControlException.Refused e) {
            joinRefusal = Optional.of(e.words());
            tellWhoWaits();
            throw e;
        }
    }

    // ------------------------------------------------------------------------------------------------------- to hear

    private Duration hear() throws ControlException, InterruptedException {
        if (membership.isEmpty()) {
            joinOrRemember(options.joinToken().orElseThrow());
        }
        Membership me = membership.orElseThrow();
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("version", state.seen())
                .put("waitSeconds", state.hasState() ? WAIT_SECONDS : 0)
                .toString();
        try {
            ControlNodes.Reply reply = nodes.post(
                    "/link/state",
                    Optional.of(me.key()),
                    question,
                    ANSWER.plusSeconds(WAIT_SECONDS),
                    ControlNodes.MOST_STATE_BYTES);
            boolean isRead = reply.body().isEmpty() || state.take(reply.body());
            tellWhoWaits();
            return isRead ? Duration.ZERO : UNREADABLE_PAUSE;
        } catch (ControlException.Refused e) {
            Optional<Secret> other = options.joinToken().filter(token -> !me.wasJoinedWith(token));
            if (e.isUnknownCaller() && other.isPresent()) {
                joinOrRemember(other.get()); // removed, or another fleet's: the file has a token for a new beginning
                return Duration.ZERO;
            }
            throw e;
        }
    }

    // ----------------------------------------------------------------------------------------------------- to report

    private Duration report() throws ControlException, InterruptedException {
        if (membership.isEmpty() || !(state.hasState() || state.refusal().isPresent())) {
            return TO_HEAR; // alive is who knows whom to serve, or why it cannot
        }
        Membership me = membership.orElseThrow();
        if (!isDue(me)) {
            return LOOK;
        }
        Optional<RelaySnapshot> snapshot = snapshot();
        beatAtNanos = time.nanos();
        if (snapshot.isEmpty()) {
            return LOOK; // loops that do not answer: silence is what control should hear then
        }
        List<RelayEndpoint> endpoints = endpoints();
        Heartbeat heartbeat = heartbeat(snapshot.get(), endpoints.equals(told) ? List.of() : endpoints);
        String answer = nodes.post(
                        "/link/heartbeat",
                        Optional.of(me.key()),
                        HeartbeatJson.write(heartbeat).toString(),
                        BEAT_ANSWER,
                        ControlNodes.MOST_ANSWER_BYTES)
                .body();
        HeartbeatAnswer heard = HeartbeatJson.parseAnswer(answer);
        hasBeaten = true;
        hearing.tryNow();
        if (heard.acknowledged() >= heartbeat.sequence()) {
            told = endpoints;
            toldVersion = heartbeat.stateVersion();
        }
        relay.setDrained(heard.draining());
        relay.reporter().ifPresent(reporter -> reporter.onAnswer(heard));
        return LOOK;
    }

    /// Every five seconds; sooner when an app needs a larger portion, or an operator may wait to hear that a new
    /// state is in force.
    private boolean isDue(Membership me) {
        if (!hasBeaten) {
            return true;
        }
        long sinceNanos = time.nanos() - beatAtNanos;
        boolean isUrgent = state.version() != toldVersion
                || relay.reporter().filter(Reporter::isUrgent).isPresent();
        return sinceNanos >= (isUrgent ? URGENT_GAP : me.heartbeat()).toNanos();
    }

    private Heartbeat heartbeat(RelaySnapshot snapshot, List<RelayEndpoint> endpoints) {
        sequence++;
        Optional<Reporter.Report> report = relay.reporter().map(reporter -> reporter.next(sequence));
        return new Heartbeat(
                snapshot.usage().epoch(),
                sequence,
                Optional.of(options.software()),
                RelayLoad.percent(snapshot),
                relay.isEnding(),
                state.version(),
                state.refusal(),
                endpoints,
                refusals(snapshot),
                report.map(Reporter.Report::apps).orElse(List.of()),
                report.map(Reporter.Report::usage).orElse(List.of()),
                report.map(it -> Announcement.of(it.sessions(), relay.relayAddresses()))
                        .orElse(SessionChanges.NONE));
    }

    private static List<RefusalCount> refusals(RelaySnapshot snapshot) {
        return snapshot.drops().entrySet().stream()
                .filter(drop -> drop.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(Heartbeat.MOST_REFUSALS)
                .map(drop -> new RefusalCount(drop.getKey(), drop.getValue()))
                .toList();
    }

    private Optional<RelaySnapshot> snapshot() throws InterruptedException {
        try {
            return Optional.of(relay.snapshot().get(SNAPSHOT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private List<RelayEndpoint> endpoints() {
        return Announcement.of(relay.listeners(), relay.relayAddresses(), own);
    }

    // ------------------------------------------------------------------------------------------------------- to pass

    private CompletableFuture<PassageAnswer> pass(PassedRequest request) {
        return membership
                .map(me -> nodes.pass(request))
                .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("in no fleet yet")));
    }
}
