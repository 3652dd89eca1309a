package io.callgate.examples.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One peer connection with a data channel. What libwebrtc tells is only noted on its threads; it is acted on
/// where [#call] waits.
final class Peer implements AutoCloseable, PeerConnectionObserver {
    private static final int PATIENCE_SECONDS = 30;

    private final String name;
    private final RTCPeerConnection connection;
    private final BlockingQueue<RTCIceCandidate> candidates = new LinkedBlockingQueue<>();
    private final CompletableFuture<Boolean> open = new CompletableFuture<>();
    private final CompletableFuture<String> heard = new CompletableFuture<>();

    Peer(String name, PeerConnectionFactory factory, RTCConfiguration configuration) {
        this.name = name;
        this.connection = factory.createPeerConnection(configuration, this);
    }

    /// What the other end has said first.
    CompletableFuture<String> heard() {
        return heard;
    }

    /// Descriptions and candidates go from one to the other as they would through an app's signalling.
    void call(Peer other, String text) throws InterruptedException, ExecutionException, TimeoutException {
        RTCDataChannel channel = connection.createDataChannel("chat", new RTCDataChannelInit());
        channel.registerObserver(new Channel(channel, open, heard));
        RTCSessionDescription offer = await(Creation::new, made -> connection.createOffer(new RTCOfferOptions(), made));
        set(taken -> connection.setLocalDescription(offer, taken));
        set(taken -> other.connection.setRemoteDescription(offer, taken));
        RTCSessionDescription answer =
                await(Creation::new, made -> other.connection.createAnswer(new RTCAnswerOptions(), made));
        set(taken -> other.connection.setLocalDescription(answer, taken));
        set(taken -> connection.setRemoteDescription(answer, taken));
        while (!open.isDone()) {
            handOver(candidates, other.connection);
            handOver(other.candidates, connection);
        }
        open.get();
        say(channel, text);
    }

    private static void handOver(BlockingQueue<RTCIceCandidate> found, RTCPeerConnection to)
            throws InterruptedException {
        RTCIceCandidate candidate = found.poll(50, TimeUnit.MILLISECONDS);
        if (candidate != null) {
            to.addIceCandidate(candidate);
        }
    }

    private static void say(RTCDataChannel channel, String text) {
        try {
            channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(text.getBytes(UTF_8)), false));
        } catch (Exception e) {
            throw new IllegalStateException("the channel does not take it", e);
        }
    }

    // ------------------------------------------------------------------------------------- on libwebrtc's threads

    @Override
    public void onIceCandidate(RTCIceCandidate candidate) {
        System.out.println(name + " finds " + candidate.sdp.replaceAll(".* typ (\\w+).*", "$1"));
        candidates.add(candidate);
    }

    @Override
    public void onConnectionChange(RTCPeerConnectionState state) {
        System.out.println(name + " is " + state);
        if (state == RTCPeerConnectionState.FAILED) {
            open.completeExceptionally(new IllegalStateException("ICE found no way"));
        }
    }

    @Override
    public void onDataChannel(RTCDataChannel channel) {
        channel.registerObserver(new Channel(channel, open, heard));
    }

    private record Channel(RTCDataChannel channel, CompletableFuture<Boolean> open, CompletableFuture<String> heard)
            implements RTCDataChannelObserver {
        @Override
        public void onStateChange() {
            if (channel.getState() == RTCDataChannelState.OPEN) {
                open.complete(true);
            }
        }

        @Override
        public void onMessage(RTCDataChannelBuffer message) {
            heard.complete(UTF_8.decode(message.data).toString());
        }

        @Override
        public void onBufferedAmountChange(long before) {}
    }

    @Override
    public void close() {
        connection.close();
    }

    // ------------------------------------------------------------------------------------- waiting for answers

    private static <O extends Answer<T>, T> T await(Supplier<O> kind, Consumer<O> ask)
            throws InterruptedException, ExecutionException, TimeoutException {
        O observer = kind.get();
        ask.accept(observer);
        return observer.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void set(Consumer<SetSessionDescriptionObserver> ask)
            throws InterruptedException, ExecutionException, TimeoutException {
        await(Setting::new, ask::accept);
    }

    private interface Answer<T> {
        CompletableFuture<T> answer();
    }

    private record Creation(CompletableFuture<RTCSessionDescription> answer)
            implements Answer<RTCSessionDescription>, CreateSessionDescriptionObserver {
        Creation() {
            this(new CompletableFuture<>());
        }

        @Override
        public void onSuccess(RTCSessionDescription description) {
            answer.complete(description);
        }

        @Override
        public void onFailure(String why) {
            answer.completeExceptionally(new IllegalStateException(why));
        }
    }

    private record Setting(CompletableFuture<Boolean> answer)
            implements Answer<Boolean>, SetSessionDescriptionObserver {
        Setting() {
            this(new CompletableFuture<>());
        }

        @Override
        public void onSuccess() {
            answer.complete(true);
        }

        @Override
        public void onFailure(String why) {
            answer.completeExceptionally(new IllegalStateException(why));
        }
    }
}
