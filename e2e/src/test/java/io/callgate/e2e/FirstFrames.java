package io.callgate.e2e;

import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEngine;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.janus.JanusService;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.MediaRoutes;
import io.callgate.rtc.transport.TransportPlan;
import io.callgate.rtc.webrtc.WebRtcMedia;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Enters a room in which somebody sends, by one way after the other, round after round, and prints how long
/// each took from the join to the first picture: `frame way=UDP-coturn millis=212`. A program of its own,
/// told by a file of properties.
///
/// A way `NAME` is `NAME.transport` with `NAME.at`, `NAME.user`, `NAME.password` and `NAME.ca`: a relay of
/// anybody's, its TURN for media and its CONNECT for signalling, encrypted both or neither. With `NAME.token`
/// it is the whole SDK, which has to ask for a lease first. Without either it is the direct way.
final class FirstFrames {
    private static final int PATIENCE_SECONDS = 20;
    private static final TimeSource TIME = RtcPeer.TIME;

    private final Properties told;
    private final JanusService cloud;
    private final MediaStack media;
    private int joins;

    private FirstFrames(Properties told, MediaStack media) {
        this.told = told;
        this.cloud = JanusService.at(told.getProperty("janus"), TIME);
        this.media = media;
    }

    public static void main(String[] arguments) throws Exception {
        Properties told = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
            told.load(reader);
        }
        try (MediaStack media = WebRtcMedia.open(TIME)) {
            FirstFrames frames = new FirstFrames(told, media);
            int rounds = Integer.parseInt(told.getProperty("rounds"));
            Random order = new Random(rounds); // each way after each other, in all rounds together
            List<String> ways = new ArrayList<>(List.of(told.getProperty("ways").split(",", -1)));
            for (int round = 1; round <= rounds; round++) {
                Collections.shuffle(ways, order);
                for (String way : ways) {
                    System.out.println("frame way=" + way + " millis=" + frames.join(way));
                }
            }
        }
        System.out.println("end");
    }

    private long join(String way) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        joins++;
        String token = told.getProperty(way + ".token", "");
        JoinRequest request = JoinRequest.of(told.getProperty("room"), "guest", token);
        try (MediaRoutes routes = new MediaRoutes(TIME)) {
            return token.isEmpty() ? byPlan(request, plan(way, routes)) : byEngine(request, way);
        }
    }

    private long byPlan(JoinRequest request, TransportPlan plan)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<RemoteStream> appeared = new CompletableFuture<>();
        long began = System.nanoTime();
        ServiceSession session = cloud.join(request, plan, media, new FirstStream(appeared));
        try {
            String stream = appeared.get(PATIENCE_SECONDS, TimeUnit.SECONDS).name();
            Screen screen = new Screen(began);
            session.subscribe(stream, screen.sinks());
            return screen.firstMillis();
        } finally {
            session.leave();
        }
    }

    private TransportPlan plan(String way, MediaRoutes routes) throws IOException {
        if (!told.containsKey(way + ".transport")) {
            return TransportPlan.direct(joins);
        }
        Transport transport = Transport.valueOf(told.getProperty(way + ".transport"));
        HostPort relay = HostPort.parse(told.getProperty(way + ".at"), 443);
        Login login = new Login(told.getProperty(way + ".user"), told.getProperty(way + ".password"));
        Trust trust = trust(way);
        Optional<Trust> tls = transport == Transport.TLS ? Optional.of(trust) : Optional.empty();
        Dialer signalling = Dialer.direct().through(new Hop.HttpConnect(relay, Optional.of(login), tls));
        HostPort turn = HostPort.parse(told.getProperty(way + ".turn", relay.toString()), 443);
        Entrance entrance = new Entrance(turn, transport, trust);
        return new TransportPlan(
                joins,
                EffectivePath.by(transport),
                false,
                way,
                routes.to(new Plan.Relayed(entrance, login, Dialer.direct())),
                signalling);
    }

    private Trust trust(String way) throws IOException {
        return Trust.authorities(Files.readAllBytes(Path.of(told.getProperty(way + ".ca"))));
    }

    private long byEngine(JoinRequest request, String way)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Trust trust = trust(way);
        CompletableFuture<RemoteStream> appeared = new CompletableFuture<>();
        CompletableFuture<Void> left = new CompletableFuture<>();
        RtcEngine engine = RtcEngine.builder(TIME)
                .service(cloud)
                .media(media)
                .proxy(() -> CloudProxy.builder(TIME)
                        .entry(told.getProperty(way + ".at"))
                        .transports(Set.of(Transport.valueOf(told.getProperty(way + ".transport"))))
                        .trust(trust))
                .mode(RequestedMode.STANDARD)
                .events(new RtcEvents() {
                    @Override
                    public void onStreamAdded(RemoteStream stream) {
                        appeared.complete(stream);
                    }

                    @Override
                    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
                        if (state == ConnectionState.DISCONNECTED) left.complete(null);
                    }
                })
                .build();
        try (engine) {
            long began = System.nanoTime();
            engine.join(request);
            String stream = appeared.get(PATIENCE_SECONDS, TimeUnit.SECONDS).name();
            Screen screen = new Screen(began);
            engine.subscribe(stream, screen.sinks());
            long millis = screen.firstMillis();
            engine.leave();
            left.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return millis;
        }
    }

    /// Looks for a second: a sender shows no two whole pictures within 300 ms, so whoever comes right after
    /// another waits for that, not for the network.
    private static final class Screen {
        private static final int PICTURES = 30;

        private final long beganNanos;
        private final CompletableFuture<Long> first = new CompletableFuture<>();
        private final CountDownLatch all = new CountDownLatch(PICTURES);

        Screen(long beganNanos) {
            this.beganNanos = beganNanos;
        }

        StreamSinks sinks() {
            return StreamSinks.of(AudioSink.NONE, frame -> {
                first.complete(System.nanoTime() - beganNanos);
                all.countDown();
            });
        }

        long firstMillis() throws InterruptedException, ExecutionException, TimeoutException {
            if (!all.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new TimeoutException(all.getCount() + " of " + PICTURES + " pictures have not come");
            }
            return first.get() / 1_000_000;
        }
    }

    /// Waits for somebody who sends.
    private record FirstStream(CompletableFuture<RemoteStream> appeared) implements ServiceListener {
        @Override
        public void onStreamAdded(RemoteStream stream) {
            appeared.complete(stream);
        }

        @Override
        public void onUserJoined(String user) {}

        @Override
        public void onUserLeft(String user) {}

        @Override
        public void onStreamRemoved(RemoteStream stream) {}

        @Override
        public void onSignallingLost(String why) {
            appeared.completeExceptionally(new IOException(why));
        }

        @Override
        public void onMediaLost(String why) {}

        @Override
        public void onEnded(Ending ending, String why) {
            appeared.completeExceptionally(new IOException(why));
        }
    }
}
