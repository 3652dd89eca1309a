package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RemoteStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A listener that throws each time it is told something keeps nothing from happening, nor from being told.
@Timeout(30)
class ThrowingListenerTest implements RtcEvents {
    private static final JoinRequest ALICE = JoinRequest.of("room", "alice", "");

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final FakeCloud cloud = new FakeCloud();
    private final RtcEngine engine = cloud.manual().engines().get().events(this).build();
    private volatile @Nullable Thread thread;

    private void tellAndThrow(String event) {
        thread = Thread.currentThread();
        told.add(event);
        throw new IllegalStateException("of " + event);
    }

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        tellAndThrow(state.name());
    }

    @Override
    public void onCallFailed(Failure failure) {
        tellAndThrow("failed");
    }

    @Override
    public void onJoined(String channel, String user, Duration elapsed) {
        tellAndThrow("joined");
    }

    @Override
    public void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration elapsed) {
        tellAndThrow("path");
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        tellAndThrow("added " + stream.name());
    }

    @Override
    public void onPublished(String name) {
        tellAndThrow("published");
    }

    @Override
    public void onUnpublished(String name) {
        tellAndThrow("unpublished");
    }

    @Override
    public void onDefect(Throwable thrown) {
        tellAndThrow("defect " + thrown.getMessage());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aCallGoesOnToItsEndAndTheNextBegins() throws Exception {
        engine.join(ALICE);
        engine.publish(Publication.of(FakeMedia.SILENCE));
        expect("CONNECTING");
        cloud.sought().opens(EffectivePath.DIRECT, false, "");
        expect("CONNECTED", "joined", "path", "published");
        engine.unpublish();
        expect("unpublished");
        cloud.comes("bob");
        expect("added bob");

        engine.leave();

        expect("DISCONNECTED");
        engine.join(ALICE);
        expect("CONNECTING");
        cloud.sought();
    }

    @Test
    void aCallThatFailsHasFailed() throws Exception {
        engine.join(ALICE);
        expect("CONNECTING");

        cloud.sought().closes(ErrorCode.QUOTA_EXCEEDED);

        expect("failed", "FAILED");
        assertThat(engine.isInCall()).isFalse();
        engine.join(ALICE);
        expect("CONNECTING");
    }

    @Test
    void theEnginesThreadEndsWithIt() throws Exception {
        engine.join(ALICE);
        expect("CONNECTING");

        engine.close();

        expect("DISCONNECTED");
        Thread ending = Objects.requireNonNull(thread);
        ending.join(20_000);
        assertThat(ending.isAlive()).isFalse();
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(event);
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo("defect of " + event);
        }
    }
}
