package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Chromium in a room of an [RtcBench], its signalling and its media through the bench's relay.
final class BrowserInRoom implements AutoCloseable {
    private static final Duration MEASURED = Duration.ofSeconds(3);

    private final Participant participant;

    private BrowserInRoom(Participant participant) {
        this.participant = participant;
    }

    static CorpBrowsers browsers(RtcBench bench, Path folder) throws IOException {
        LabAuthority authority = new LabAuthority(
                Files.createDirectories(folder.resolve("authority")),
                bench.lab().dmz().address(),
                "relay.callgate.test");
        return new CorpBrowsers(bench.lab().corp(), authority, folder);
    }

    /// Begins to join as `chromium`; who else is there has made the room.
    static BrowserInRoom join(RtcBench bench, CorpBrowsers browsers, int room, String turnUrl) {
        Login login = bench.credential("chromium");
        CallPlan plan = new CallPlan(
                Janus.signallingUrl(bench.lab().cloud()),
                new BrowserSetup(
                        new SignallingProxy.Connect(bench.door(), false, login.name(), login.password()),
                        List.of(bench.lab().dmz().address()),
                        true),
                Optional.of(new CallPlan.TurnServer(turnUrl, login.name(), login.password())));
        Participant chromium = browsers.open(plan.browser());
        try {
            chromium.signInAtProxy(plan.signallingUrl().replaceFirst("^ws:", "https:"));
            chromium.join(plan.forParticipant("chromium", room, false));
            return new BrowserInRoom(chromium);
        } catch (RuntimeException e) {
            chromium.close();
            throw e;
        }
    }

    void awaitPicture(Duration limit) {
        assertThat(participant.awaitFirstFrame(limit))
                .as("Chromium sees somebody: %s", participant.trouble())
                .isTrue();
    }

    /// Looks and listens for some seconds.
    void seesAndHears() {
        participant.startMeasuring();
        participant.awaitMeasured(MEASURED);
        Reception reception = participant.report();
        assertThat(reception.fps()).as("%s", reception).isGreaterThan(10);
        assertThat(reception.audioEnergyPerSecond()).as("%s", reception).isPositive();
    }

    @Override
    public void close() {
        participant.close();
    }
}
