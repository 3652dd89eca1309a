package io.callgate.examples.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCIceServer;
import dev.onvoid.webrtc.RTCIceTransportPolicy;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.net.Trust;
import io.callgate.examples.SystemTime;
import io.callgate.model.IceServer;
import io.callgate.model.RequestedMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// WebRTC without `RtcEngine`: two peers of a plain stack, webrtc-java here, that know nothing of Callgate
/// but the ICE servers of a plan, and so find each other through the relay and no other way.
public final class PlainPeer {
    private static final int PATIENCE_SECONDS = 30;

    private PlainPeer() {}

    /// @param args the entry, as HOST:PORT, and the pin of its certificate, as `serve` prints it; the
    ///     token of the user `me` is in `CALLGATE_TOKEN`
    public static void main(String[] args) throws InterruptedException, ExecutionException, TimeoutException {
        String token = System.getenv("CALLGATE_TOKEN");
        if (args.length < 2 || token == null) {
            System.err.println("want HOST:PORT and PIN, and CALLGATE_TOKEN; see examples/README.md");
            System.exit(2);
            return;
        }
        CompletableFuture<Plan> planned = new CompletableFuture<>();
        ProxyEvents events = new ProxyEvents() {
            @Override
            public void onPlan(Plan plan) {
                planned.complete(plan); // a later one is for the next connection, or for setConfiguration
            }

            @Override
            public void onFailed(Failure failure) {
                planned.completeExceptionally(new IllegalStateException(failure.toString()));
            }
        };
        try (CloudProxy proxy = CloudProxy.builder(new SystemTime())
                .entry(args[0])
                .trust(Trust.pin(args[1]))
                .uid("me")
                .token(() -> token)
                .mode(RequestedMode.STANDARD)
                .events(events)
                .build()) {
            proxy.start();
            Plan plan = planned.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            System.out.println("use " + plan.path() + " through " + plan.relay());
            meet(configuration(plan));
        }
    }

    /// What any stack wants to be told: the servers, and that there is no other way.
    private static RTCConfiguration configuration(Plan plan) {
        RTCConfiguration configuration = new RTCConfiguration();
        configuration.iceTransportPolicy = plan.relayOnly() ? RTCIceTransportPolicy.RELAY : RTCIceTransportPolicy.ALL;
        for (IceServer from : plan.iceServers()) {
            RTCIceServer server = new RTCIceServer();
            server.urls.addAll(from.urls());
            server.username = from.credential().username();
            server.password = from.credential().password();
            configuration.iceServers.add(server);
        }
        return configuration;
    }

    private static void meet(RTCConfiguration configuration)
            throws InterruptedException, ExecutionException, TimeoutException {
        AudioDeviceModule silence = new AudioDeviceModule(AudioLayer.kDummyAudio); // without one libwebrtc ends the JVM
        PeerConnectionFactory factory = new PeerConnectionFactory(silence);
        try (Peer caller = new Peer("caller", factory, configuration);
                Peer callee = new Peer("callee", factory, configuration)) {
            caller.call(callee, "hello through the relay");
            String heard = callee.heard().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            System.out.println("callee hears: " + heard + ", " + heard.getBytes(UTF_8).length + " bytes");
        } finally {
            factory.dispose();
            silence.dispose();
        }
    }
}
