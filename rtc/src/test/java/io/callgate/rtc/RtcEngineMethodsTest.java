package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.vendor.MethodTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every public method with nothing, with what apps say and with that again: without a call, on the way into a
/// room, in one, after a call that failed, after the end. Answers are the numbers of [ErrorCode]: 0, 41001 for an
/// argument, 41002 without what it needs, 41003 out of order.
@Timeout(60)
class RtcEngineMethodsTest {
    private static final String ANSWERS = """
        audio() | LocalAudio | " | " | " | "
        builder(TimeSource) | NPE Builder Builder | " | " | " | "
        close() | - | " | " | " | "
        isInCall() | false | true | " | false | "
        join(JoinRequest) | NPE 0 41003 | NPE 41003 41003 | " | NPE 0 41003 | NPE 41002 41002
        leave() | 0 | " | " | " | 41002
        mode() | empty | " | " | " | "
        prepare() | 0 | " | " | " | 41002
        publish(Publication) | NPE 41002 41002 | NPE 0 0 | " | NPE 41002 41002 | "
        setLocalProxies(List<Hop>) | NPE 0 0 | " | " | " | NPE 41002 41002
        setMode(RequestedMode) | NPE 0 0 | " | " | " | NPE 41002 41002
        statistics() | empty | present | " | empty | "
        subscribe(String,StreamSinks) | NPE 41002 41002 | NPE 0 0 | " | NPE 41002 41002 | "
        unpublish() | 41002 | 0 | " | 41002 | "
        unsubscribe(String) | NPE 41002 41002 | NPE 0 0 | " | NPE 41002 41002 | "
        video() | LocalVideo | " | " | " | "
        """;

    private static final String BUILDERS_ANSWERS = """
        build() | RtcEngine
        events(RtcEvents) | NPE same same
        giveUpAfter(Duration) | NPE same same
        media(MediaStack) | NPE same same
        mode(RequestedMode) | NPE same same
        network(NetworkMonitor) | NPE same same
        proxy(Supplier<Builder>) | NPE same same
        service(RtcService) | NPE same same
        """;

    private BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private FakeCloud cloud = new FakeCloud();
    private RtcEngine engine = fresh();

    /// Of one engine: what it tells late is not the next one's.
    private record Events(BlockingQueue<String> told) implements RtcEvents {
        @Override
        public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
            told.add(state.name());
        }

        @Override
        public void onJoined(String channel, String user, Duration elapsed) {
            told.add("in " + channel);
        }
    }

    private RtcEngine.Builder builder() {
        return cloud.manual()
                .engines()
                .get()
                .proxy(() -> CloudProxy.builder(SystemTime.CLOCK))
                .events(new Events(told));
    }

    private RtcEngine fresh() {
        told = new LinkedBlockingQueue<>();
        cloud = new FakeCloud();
        engine = builder().build();
        return engine;
    }

    private RtcEngine joining() throws InterruptedException {
        join(fresh(), "room");
        await("CONNECTING");
        return engine;
    }

    private RtcEngine inRoom() throws InterruptedException {
        fresh();
        cloud.isOpen();
        join(engine, "room");
        await("in room");
        return engine;
    }

    private RtcEngine failed() throws InterruptedException {
        join(fresh(), "room");
        cloud.sought().closes(ErrorCode.QUOTA_EXCEEDED);
        await("FAILED");
        return engine;
    }

    private RtcEngine over() {
        fresh().close();
        return engine;
    }

    private static void join(RtcEngine engine, String room) {
        assertThat(engine.join(JoinRequest.of(room, "alice", ""))).isEqualTo(ErrorCode.OK);
    }

    private void await(String event) throws InterruptedException {
        for (String next = ""; !event.equals(next); ) {
            next = told.poll(5, TimeUnit.SECONDS);
            assertThat(next).as("wait for " + event).isNotNull();
        }
    }

    /// The engine, or where it has been closed another one, works.
    private void works() throws InterruptedException {
        if (engine.leave() == ErrorCode.NOT_INITIALIZED) {
            fresh();
        }
        cloud.isOpen();
        join(engine, "again");
        await("in again");
        engine.close();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void everyPublicMethodAnswersInEveryState() throws Exception {
        new MethodTable(RtcEngine.class, usual())
                .afterEach(this::works)
                .check(ANSWERS, List.of(this::fresh, this::joining, this::inRoom, this::failed, this::over));
    }

    @Test
    void everyMethodOfItsBuilderAnswers() throws Exception {
        new MethodTable(RtcEngine.Builder.class, usual()).check(BUILDERS_ANSWERS, List.of(this::builder));
    }

    private static Map<String, Object> usual() {
        FakeCloud open = new FakeCloud();
        Map<String, Object> usual = new HashMap<>();
        usual.put("String", "bob");
        usual.put("JoinRequest", JoinRequest.of("room", "alice", ""));
        usual.put("Publication", Publication.of(FakeMedia.SILENCE));
        usual.put("StreamSinks", StreamSinks.of(AudioSink.NONE, VideoSink.NONE));
        usual.put("RequestedMode", RequestedMode.STANDARD);
        usual.put("List<Hop>", List.of(new Hop.Socks5(new HostPort("192.0.2.1", 1080), Optional.empty())));
        usual.put("TimeSource", SystemTime.CLOCK);
        usual.put("RtcService", open.service());
        usual.put("MediaStack", new FakeMedia());
        usual.put("Supplier<Builder>", (Supplier<CloudProxy.Builder>) () -> CloudProxy.builder(SystemTime.CLOCK));
        usual.put("NetworkMonitor", new MovingNetwork());
        usual.put("Duration", Duration.ofSeconds(20));
        usual.put("RtcEvents", new RtcEvents() {});
        return usual;
    }
}
