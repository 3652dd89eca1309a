package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionIceErrorEvent;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCRtpTransceiver;
import dev.onvoid.webrtc.RTCRtpTransceiverDirection;
import dev.onvoid.webrtc.RTCRtpTransceiverInit;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.MediaStreamTrack;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.media.VideoSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One `RTCPeerConnection`. Native calls are made under this object's lock and never after [#close]; what
/// libwebrtc answers later is waited for without it.
final class WebRtcLink implements PeerLink {
    private static final int PATIENCE_SECONDS = 5;

    private final WebRtcMedia media;
    private final Listener listener;
    private @Nullable RTCPeerConnection connection; // guarded by this; null before and after its life
    private final List<MediaStreamTrack> sent = new ArrayList<>(); // guarded by this
    private final List<Runnable> held = new ArrayList<>(); // guarded by this; each gives a reference back
    private final List<WebRtcMedia.Blank> blanks = new ArrayList<>(); // guarded by this
    private final Map<String, ReceivedTrack> received = new LinkedHashMap<>(); // guarded by this; by mid

    WebRtcLink(WebRtcMedia media, Listener listener) {
        this.media = media;
        this.listener = listener;
    }

    synchronized void begin(RTCPeerConnection made) {
        connection = made;
    }

    PeerConnectionObserver observer() {
        return new PeerConnectionObserver() {
            @Override
            public void onIceCandidate(RTCIceCandidate candidate) {
                listener.onCandidate(new Candidate(candidate.sdpMid, candidate.sdpMLineIndex, candidate.sdp));
            }

            @Override
            public void onIceGatheringChange(RTCIceGatheringState state) {
                if (state == RTCIceGatheringState.COMPLETE) {
                    listener.onCandidatesComplete();
                }
            }

            @Override
            public void onConnectionChange(RTCPeerConnectionState state) {
                listener.onState(State.valueOf(state.name()));
            }

            @Override
            public void onIceCandidateError(RTCPeerConnectionIceErrorEvent error) {
                listener.onServerFailed(error.getUrl(), error.getErrorCode(), error.getErrorText());
            }
        };
    }

    @Override
    public void send(Optional<LocalAudio> audio, Optional<LocalVideo> video) {
        onConnection(peer -> {
            audio.ifPresent(from -> send(peer, media.track(((WebRtcAudio) from).source())));
            video.ifPresent(from -> send(peer, media.track(((WebRtcVideo) from).source())));
            return "";
        });
    }

    private void send(RTCPeerConnection peer, MediaStreamTrack track) {
        RTCRtpTransceiverInit how = new RTCRtpTransceiverInit();
        how.direction = RTCRtpTransceiverDirection.SEND_ONLY;
        how.streamIds = List.of("callgate");
        held.add(NativeReference.to(peer.addTransceiver(track, how)));
        sent.add(track);
    }

    /// libwebrtc's Java API knows no transceiver without a track: these two stand for nothing, and send nothing.
    @Override
    public void receive() {
        onConnection(peer -> {
            WebRtcMedia.Blank blank = media.blank();
            receive(peer, blank.audio());
            receive(peer, blank.video());
            blanks.add(blank);
            return "";
        });
    }

    private void receive(RTCPeerConnection peer, MediaStreamTrack track) {
        RTCRtpTransceiverInit how = new RTCRtpTransceiverInit();
        how.direction = RTCRtpTransceiverDirection.RECV_ONLY;
        held.add(NativeReference.to(peer.addTransceiver(track, how)));
        sent.add(track);
    }

    @Override
    public String offer(boolean restart) {
        RTCOfferOptions options = new RTCOfferOptions();
        options.iceRestart = restart;
        RTCSessionDescription offer = create((peer, observer) -> peer.createOffer(options, observer));
        setLocal(offer);
        return offer.sdp;
    }

    @Override
    public void answered(String sdp) {
        setRemote(new RTCSessionDescription(RTCSdpType.ANSWER, sdp));
        if (isReceiver()) {
            noteTracks();
        }
    }

    @Override
    public String answer(String offer) {
        setRemote(new RTCSessionDescription(RTCSdpType.OFFER, offer));
        noteTracks();
        RTCAnswerOptions options = new RTCAnswerOptions();
        RTCSessionDescription answer = create((peer, observer) -> peer.createAnswer(options, observer));
        setLocal(answer);
        return answer.sdp;
    }

    private interface Creation {
        void begin(RTCPeerConnection peer, CreateSessionDescriptionObserver observer);
    }

    private RTCSessionDescription create(Creation creation) {
        CompletableFuture<RTCSessionDescription> made = new CompletableFuture<>();
        onConnection(peer -> {
            creation.begin(peer, new CreateSessionDescriptionObserver() {
                @Override
                public void onSuccess(RTCSessionDescription description) {
                    made.complete(description);
                }

                @Override
                public void onFailure(String why) {
                    made.completeExceptionally(new MediaException("no description: " + why));
                }
            });
            return "";
        });
        return await(made);
    }

    private void setLocal(RTCSessionDescription description) {
        set(observer -> onConnection(peer -> {
            peer.setLocalDescription(description, observer);
            return "";
        }));
    }

    private void setRemote(RTCSessionDescription description) {
        set(observer -> onConnection(peer -> {
            peer.setRemoteDescription(description, observer);
            return "";
        }));
    }

    private static void set(Consumer<SetSessionDescriptionObserver> setting) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        setting.accept(new SetSessionDescriptionObserver() {
            @Override
            public void onSuccess() {
                taken.complete(true);
            }

            @Override
            public void onFailure(String why) {
                taken.completeExceptionally(new MediaException("the description is not taken: " + why));
            }
        });
        await(taken);
    }

    @Override
    public void add(Candidate candidate) {
        onConnection(peer -> {
            peer.addIceCandidate(new RTCIceCandidate(candidate.mid(), candidate.index(), candidate.line()));
            return "";
        });
    }

    @Override
    public void configure(IceSetup ice) {
        onConnection(peer -> {
            peer.setConfiguration(Configurations.of(ice));
            return "";
        });
    }

    // ------------------------------------------------------------------------------------- what is received

    private void noteTracks() {
        List<ReceivedTrack> come = new ArrayList<>();
        onConnection(peer -> {
            for (RTCRtpTransceiver transceiver : peer.getTransceivers()) {
                String mid = transceiver.getMid();
                if (mid != null && !received.containsKey(mid)) {
                    ReceivedTrack track =
                            new ReceivedTrack(mid, transceiver.getReceiver().getTrack());
                    received.put(mid, track);
                    come.add(track);
                }
            }
            return "";
        });
        come.forEach(track -> listener.onTrack(track.mid(), track.kind()));
    }

    @Override
    public synchronized void hear(String mid, AudioSink sink) {
        ReceivedTrack track = received.get(mid);
        if (track != null) {
            track.hear(sink);
        }
    }

    @Override
    public synchronized void watch(String mid, VideoSink sink) {
        ReceivedTrack track = received.get(mid);
        if (track != null) {
            track.watch(sink);
        }
    }

    @Override
    public LinkStats stats() {
        CompletableFuture<RTCStatsReport> report = new CompletableFuture<>();
        onConnection(peer -> {
            peer.getStats(report::complete);
            return "";
        });
        return Statistics.of(await(report));
    }

    @Override
    public void close() {
        synchronized (this) {
            RTCPeerConnection old = connection;
            connection = null;
            if (old == null) {
                return;
            }
            received.values().forEach(ReceivedTrack::end);
            received.clear();
            held.add(NativeReference.to(old));
            old.close();
            held.forEach(Runnable::run);
            held.clear();
            sent.forEach(WebRtcLink::dispose);
            sent.clear();
            blanks.forEach(WebRtcMedia.Blank::dispose);
            blanks.clear();
        }
        media.forget(this);
    }

    /// Gives our reference back; that somebody else still holds one is told as an error, and is none.
    private static void dispose(MediaStreamTrack track) {
        try {
            track.dispose();
        } catch (Error stillHeld) {
            return; // by the connection, where it could not be given back
        }
    }

    private synchronized boolean isReceiver() {
        return !blanks.isEmpty();
    }

    private synchronized <T> T onConnection(Function<RTCPeerConnection, T> call) {
        RTCPeerConnection peer = connection;
        if (peer == null) {
            throw new MediaException("the link is closed");
        }
        return call.apply(peer);
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MediaException("called away from libwebrtc", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MediaException known ? known : new MediaException("libwebrtc fails", e);
        } catch (TimeoutException e) {
            throw new MediaException("libwebrtc has not answered within " + PATIENCE_SECONDS + " s", e);
        }
    }
}
