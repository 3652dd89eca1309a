package io.callgate.e2e;

import io.callgate.client.CloudProxy;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.client.network.InterfaceMonitor;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import io.callgate.rtc.CallStatistics;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEngine;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.janus.JanusService;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.testsignal.NumberedPicture;
import io.callgate.rtc.testsignal.SignalSender;
import io.callgate.rtc.testsignal.Tone;
import io.callgate.rtc.webrtc.WebRtcMedia;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// People in calls, as a program of its own: what it is told stands in a file of properties, what it sees
/// it prints, a line an event. Ends with its signals.
///
/// A person is `NAME:NUMBER:HERTZ`: the number in the picture and the pitch of the tone that this one
/// sends. What others send is known by that: `seen by=alice number=9`, `heard by=alice hertz=1000`, and
/// every gap of more than 150 ms between two pictures of the same number, `gap by=alice number=9
/// millis=420`.
final class RtcPeer implements RtcEvents {
    private static final long GAP_MILLIS = 150;
    private static final long CALM_NANOS = 2_000_000_000;
    static final TimeSource TIME = new TimeSource() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    private final Properties told;
    private final String name;
    private final int number;
    private final int hertz;
    private final RtcEngine engine;
    private volatile CountDownLatch left = new CountDownLatch(1);
    private volatile CountDownLatch received = new CountDownLatch(2);
    private volatile long lastPictureNanos;
    private volatile long lastGapNanos;
    private Optional<Publication> publication = Optional.empty();
    private volatile boolean hasSeen;
    private volatile boolean hasHeard;

    private RtcPeer(Properties told, String person, MediaStack media, NetworkMonitor network) {
        this.told = told;
        String[] parts = person.split(":", -1);
        this.name = parts[0];
        this.number = Integer.parseInt(parts[1]);
        this.hertz = Integer.parseInt(parts[2]);
        JanusService cloud = janus(told);
        RtcEngine.Builder builder = RtcEngine.builder(TIME)
                .service(told.containsKey("stun") ? cloud.withStun(told.getProperty("stun")) : cloud)
                .media(media)
                .network(network)
                .events(this)
                .mode(RequestedMode.valueOf(told.getProperty("mode")));
        if (told.containsKey("giveUpSeconds")) {
            builder.giveUpAfter(Duration.ofSeconds(Long.parseLong(told.getProperty("giveUpSeconds"))));
        }
        if (told.containsKey("entries")) {
            builder.proxy(this::proxy);
        }
        this.engine = builder.build();
        if (told.containsKey("through")) {
            HostPort proxy = HostPort.parse(told.getProperty("through"), 3128);
            engine.setLocalProxies(List.of(Hop.HttpConnect.plain(proxy, Optional.empty())));
            engine.setMode(RequestedMode.LOCAL);
        }
    }

    private static JanusService janus(Properties told) {
        JanusService cloud = JanusService.at(told.getProperty("janus"), TIME);
        if (!told.containsKey("cloudCa")) {
            return cloud;
        }
        CloudTrust trust = CloudTrust.of(Path.of(told.getProperty("cloudCa")));
        return cloud.withTls(trust.sockets(), trust.manager());
    }

    private CloudProxy.Builder proxy() {
        CloudProxy.Builder builder = CloudProxy.builder(TIME).app(told.getProperty("app"));
        for (String entry : told.getProperty("entries").split(",", -1)) {
            builder.entry(entry);
        }
        if (told.containsKey("transports")) {
            Set<Transport> wanted = EnumSet.noneOf(Transport.class);
            for (String transport : told.getProperty("transports").split(",", -1)) {
                wanted.add(Transport.valueOf(transport));
            }
            builder.transports(wanted);
        }
        try {
            Trust trust = Trust.authorities(Files.readAllBytes(Path.of(told.getProperty("ca"))));
            String name = told.getProperty("serverName");
            return builder.trust(name == null ? trust : trust.forServerName(name));
        } catch (IOException e) {
            throw new IllegalStateException("no authority to trust", e);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Properties told = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
            told.load(reader);
        }
        try (MediaStack media = WebRtcMedia.open(TIME);
                NetworkMonitor network = network(told)) {
            List<RtcPeer> peers = new ArrayList<>();
            for (String person : told.getProperty("people").split(",", -1)) {
                peers.add(new RtcPeer(told, person, media, network));
            }
            for (RtcPeer peer : peers) {
                peer.send(media);
            }
            int rounds = Integer.parseInt(told.getProperty("rounds", "1"));
            for (int round = 1; round <= rounds; round++) {
                for (RtcPeer peer : peers) {
                    peer.join();
                }
                for (RtcPeer peer : peers) {
                    peer.received.await();
                }
                if (rounds == 1) {
                    System.out.println("all receive");
                    new CountDownLatch(1).await();
                }
                for (RtcPeer peer : peers) {
                    peer.engine.leave();
                }
                for (RtcPeer peer : peers) {
                    peer.left.await();
                }
                System.gc();
                System.out.println("round " + round + " rss=" + residentKiB());
            }
            for (RtcPeer peer : peers) {
                peer.engine.close();
            }
        }
        System.out.println("end");
    }

    /// `network` is a kind and an address: `CELLULAR 10.1.1.10`.
    private static NetworkMonitor network(Properties told) {
        String[] steady = told.getProperty("network", "").split(" ", -1);
        return steady.length == 2
                ? new MovingNetwork(NetworkKind.valueOf(steady[0]), steady[1])
                : InterfaceMonitor.start(TIME);
    }

    private static long residentKiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private void send(MediaStack media) {
        LocalAudio microphone = media.audio();
        LocalVideo camera = media.video();
        new SignalSender(microphone, camera, number, hertz); // until the process ends
        publication = Optional.of(Publication.of(microphone, camera));
    }

    private void join() {
        left = new CountDownLatch(1);
        received = new CountDownLatch(2);
        hasSeen = false;
        hasHeard = false;
        lastPictureNanos = 0;
        String token = told.getProperty("token." + name, "");
        print("join", "code=" + engine.join(JoinRequest.of(told.getProperty("room"), name, token)));
        engine.publish(publication.orElseThrow());
    }

    private void watch(I420Frame frame) {
        NumberedPicture.read(frame).ifPresentOrElse(this::seen, () -> seen(-1));
    }

    private void seen(int of) {
        long now = System.nanoTime();
        long gapMillis = (now - lastPictureNanos) / 1_000_000;
        if (lastPictureNanos != 0 && gapMillis > GAP_MILLIS) {
            print("gap", "number=" + of + " millis=" + gapMillis);
            lastGapNanos = now;
        }
        calm(now);
        lastPictureNanos = now;
        if (!hasSeen) {
            hasSeen = true;
            print("seen", "number=" + of);
            received.countDown();
        }
    }

    private void calm(long now) {
        if (lastGapNanos != 0 && now - lastGapNanos > CALM_NANOS) {
            lastGapNanos = 0;
            print("calm", "");
        }
    }

    private void hear(AudioChunk chunk) {
        if (hasHeard) {
            return;
        }
        if (told.containsKey("anySound") && isLoud(chunk)) {
            hasHeard = true;
            print("heard", "something");
            received.countDown();
            return;
        }
        for (String person : told.getProperty("hertz").split(",", -1)) {
            int pitch = Integer.parseInt(person);
            if (Tone.share(chunk, pitch) > 0.8) {
                hasHeard = true;
                print("heard", "hertz=" + pitch);
                received.countDown();
            }
        }
    }

    private static boolean isLoud(AudioChunk chunk) {
        for (int frame = 0; frame < chunk.frames(); frame++) {
            if (Math.abs(chunk.sample(frame, 0)) > 500) return true;
        }
        return false;
    }

    private void print(String event, String what) {
        System.out.println(System.currentTimeMillis() + " " + event + " by=" + name + " " + what);
    }

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        print("state", state + " " + reason);
        if (state == ConnectionState.DISCONNECTED || state == ConnectionState.FAILED) {
            left.countDown();
        }
    }

    @Override
    public void onConnected(EffectivePath path, boolean byFallback, Duration elapsed) {
        print("decided", path + " fallback=" + byFallback + " millis=" + elapsed.toMillis());
    }

    @Override
    public void onStateChanged(String from, String to) {
        print("mode", to);
    }

    @Override
    public void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration elapsed) {
        print("path", path + " relay=" + relay + " millis=" + elapsed.toMillis());
        engine.statistics().thenAccept(found -> found.ifPresent(this::printPairs));
    }

    private void printPairs(CallStatistics statistics) {
        statistics.links().forEach(link -> link.pair().ifPresent(pair -> print("pair", pair.toString())));
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        print("added", stream.name());
        engine.subscribe(stream.name(), StreamSinks.of(this::hear, this::watch));
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        print("removed", stream.name());
    }

    @Override
    public void onPublished(String stream) {
        print("published", stream);
        engine.statistics().thenAccept(found -> found.ifPresent(this::printPairs));
    }

    @Override
    public void onSubscribed(String stream) {
        print("subscribed", stream);
        engine.statistics().thenAccept(found -> found.ifPresent(this::printPairs));
    }

    @Override
    public void onFirstFrame(String stream, int width, int height, Duration elapsed) {
        print("first", "stream=" + stream + " " + width + "x" + height + " millis=" + elapsed.toMillis());
    }

    @Override
    public void onCallFailed(Failure failure) {
        print("failed", failure.toString());
    }

    @Override
    public void onAttemptFailed(Failure failure) {
        print("attempt", failure.code() + " " + failure.cause());
    }

    @Override
    public void onPublishFailed(String stream, Failure failure) {
        print("unsent", failure.toString());
    }

    @Override
    public void onSubscribeFailed(String stream, Failure failure) {
        print("unreceived", failure.toString());
    }

    @Override
    public void onCandidateFailed(String candidate, Failure failure) {
        print("candidate", candidate + " " + failure);
    }

    @Override
    public void onDefect(Throwable thrown) {
        print("defect", thrown.toString());
        thrown.printStackTrace();
    }
}
