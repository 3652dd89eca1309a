package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.transport.TransportPlan;
import io.callgate.rtc.vendor.Cloud;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A cloud for tests of facades: the engine is real; service, media and the way there stand in.
public final class FakeCloud {
    private final FakeService service = new FakeService();
    private final FakeService live = new FakeService(false);
    private final FakeMedia media = new FakeMedia();
    private final BlockingQueue<Way.Listener> ways = new LinkedBlockingQueue<>();
    private Way.@Nullable Listener way;
    private volatile boolean isOpen;
    private long epoch;

    /// Ways are the test's to open, by [#opens] and [#closes].
    public Cloud manual() {
        return Cloud.of(SystemTime.CLOCK, service, media)
                .withEngines(() -> RtcEngine.builder(SystemTime.CLOCK)
                        .service(service)
                        .media(media)
                        .ways(ManualWay::new))
                .withEntries("127.0.0.1:9");
    }

    /// The same, with live streaming.
    public Cloud manualWithLive() {
        return manual().withLive(live);
    }

    /// What the live cloud is asked next.
    public String nextLive() throws InterruptedException {
        return live.next();
    }

    public void refusesLive(String what, ErrorCode why) {
        live.fail(what, ServiceException.refused(why, "no"));
    }

    /// The way is the cloud proxy's to find.
    public Cloud real(String... entries) {
        return Cloud.of(SystemTime.CLOCK, service, media)
                .withProxies(() -> CloudProxy.builder(SystemTime.CLOCK))
                .withEntries(entries);
    }

    private final class ManualWay implements Way {
        private final Way.Listener listener;

        ManualWay(Way.Listener listener) {
            this.listener = listener;
        }

        @Override
        public void start() {
            if (isOpen) {
                listener.onPlan(TransportPlan.direct(1));
            } else {
                ways.add(listener);
            }
        }

        @Override
        public void renew() {}

        @Override
        public void inUse(TransportPlan plan) {}

        @Override
        public void close() {}
    }

    /// Waits until a way is sought.
    public FakeCloud sought() throws InterruptedException {
        way = ways.poll(5, TimeUnit.SECONDS);
        assertThat(way).as("no way is sought").isNotNull();
        return this;
    }

    private Way.Listener way() {
        return Objects.requireNonNull(way, "no way is sought");
    }

    /// From now on the direct way is open as soon as one is sought.
    public void isOpen() {
        isOpen = true;
    }

    public void leases() {
        way().onLeased();
    }

    public void opens(EffectivePath path, boolean byFallback, String relay) {
        IceSetup.Server server = new IceSetup.Server(List.of("turn:203.0.113.7:443?transport=udp"), "name", "word");
        IceSetup ice = path.isProxied() ? new IceSetup(List.of(server), true, true) : IceSetup.HOST_ONLY;
        way().onPlan(new TransportPlan(++epoch, path, byFallback, relay, ice, Dialer.direct()));
    }

    public void closes(ErrorCode why) {
        way().onGivenUp(new Failure(why, "nothing there", "wait"));
    }

    public void refuses(String what, ErrorCode why) {
        service.fail(what, ServiceException.refused(why, "no"));
    }

    /// The next thing that begins so hangs until it is called away.
    public void blocks(String what) {
        service.block(what);
    }

    /// The next thing that begins so waits until that falls.
    public CountDownLatch holds(String what) {
        return service.hold(what);
    }

    /// What it is asked next.
    public String next() throws InterruptedException {
        return service.next();
    }

    public RtcService service() {
        return service;
    }

    public ServiceListener listener() {
        return service.listener();
    }

    public int probes() {
        return service.probes.get();
    }

    public void comes(String user) {
        listener().onUserJoined(user);
        listener().onStreamAdded(new RemoteStream(user, user, true, true));
    }

    public static I420Frame picture() {
        return I420Frame.black(16, 16);
    }

    public static AudioChunk sound() {
        return new AudioChunk(new byte[960], 48_000, 1);
    }

    /// Of 20 ms, which is too long.
    public static AudioChunk longSound() {
        return new AudioChunk(new byte[1920], 48_000, 1);
    }
}
