package io.callgate.e2e;

import io.callgate.testkit.MachineLoad;
import io.callgate.testkit.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A call of two participants. The first is in and connected before the second joins, so that the second's join is
/// timed alone.
final class Call implements AutoCloseable {
    private static final Duration SIGNALLING_LIMIT = Duration.ofSeconds(8);
    private static final Duration MEDIA_LIMIT = Duration.ofSeconds(10);
    private static final AtomicInteger ROOMS = new AtomicInteger(1000);

    private final CallPlan plan;
    private final Router router;
    private final Participant first;
    private final Participant second;
    private final int room = ROOMS.getAndIncrement();
    private MachineLoad loadAtStart = MachineLoad.now();

    Call(CorpBrowsers browsers, Router router, CallPlan plan) {
        this.plan = plan;
        this.router = router;
        this.first = browsers.open(plan.browser());
        this.second = browsers.open(plan.browser());
    }

    /// Brings both into the room, until both have decoded a frame of the other.
    ///
    /// @return why that did not happen; empty if it did
    private Optional<CallResult> establish() {
        if (plan.browser().proxy() instanceof SignallingProxy.Connect) {
            // TLS on a port that speaks none: CONNECT is made, and nothing comes of it but the proxy's answer.
            String url = plan.signallingUrl().replaceFirst("^ws:", "https:");
            first.signInAtProxy(url);
            second.signInAtProxy(url);
        }
        loadAtStart = MachineLoad.now();
        first.join(plan.forParticipant("first", room, true));
        if (!first.awaitTrue("signalling", SIGNALLING_LIMIT)) return failed(Outcome.NO_SIGNALLING, first);
        if (!first.awaitTrue("published", MEDIA_LIMIT)) return failed(Outcome.NO_MEDIA, first);
        second.join(plan.forParticipant("second", room, false));
        if (!second.awaitTrue("signalling", SIGNALLING_LIMIT)) return failed(Outcome.NO_SIGNALLING, second);
        if (!second.awaitFirstFrame(MEDIA_LIMIT)) return failed(Outcome.NO_MEDIA, second);
        if (!first.awaitFirstFrame(MEDIA_LIMIT)) return failed(Outcome.NO_MEDIA, first);
        return Optional.empty();
    }

    /// Measures from now on; what was before is forgotten.
    void startMeasuring() {
        loadAtStart = MachineLoad.now();
        first.startMeasuring();
        second.startMeasuring();
    }

    /// Lets the call go on until it has been measured for `measured`.
    void awaitMeasured(Duration measured) {
        second.awaitMeasured(measured);
    }

    /// Waits until both have decoded a frame of the other that came after now.
    ///
    /// @return the time until the later of the two; empty if `limit` is over
    Optional<Duration> awaitPictureAgain(Duration limit) {
        long sinceNanos = System.nanoTime();
        first.forgetFrames();
        second.forgetFrames();
        boolean both = first.awaitFrame(limit) && second.awaitFrame(limit);
        return both ? Optional.of(Duration.ofNanos(System.nanoTime() - sinceNanos)) : Optional.empty();
    }

    /// Waits until both participants know that their call is over.
    ///
    /// @return what the later of the two says; empty if `limit` is over
    Optional<String> awaitGivenUp(Duration limit) {
        return first.awaitFailure(limit).isPresent() ? second.awaitFailure(limit) : Optional.empty();
    }

    private CallResult result() {
        double idleShare = MachineLoad.now().idleShareSince(loadAtStart);
        return Quality.judge(
                first.report(),
                second.report(),
                plan.relay().map(CallPlan.TurnServer::url),
                router.packetsBetweenCorpAndCloud(),
                idleShare);
    }

    /// Establishes the call, measures it for as long as `course` takes, and says what came of it.
    CallResult hold(Consumer<Call> course) {
        return establish().orElseGet(() -> {
            startMeasuring();
            course.accept(this);
            return result();
        });
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }

    private Optional<CallResult> failed(Outcome outcome, Participant where) {
        double idleShare = MachineLoad.now().idleShareSince(loadAtStart);
        return Optional.of(CallResult.without(
                outcome, where.trouble(), router.packetsBetweenCorpAndCloud(), MachineLoad.isBusy(idleShare)));
    }
}
