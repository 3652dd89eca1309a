package io.callgate.rtc.media;

import java.io.Closeable;
import java.util.Optional;

/// One connection to a peer, `RTCPeerConnection` by another name: either it sends or it receives.
///
/// Methods block until the stack has answered, some milliseconds; call them on a thread that may, one at a
/// time. After [#close], which any thread may call at any time, they throw [MediaException].
public interface PeerLink extends Closeable {
    /// What a link tells, on threads of the stack: return at once, and call nothing of the link.
    interface Listener {
        void onCandidate(Candidate candidate);

        void onCandidatesComplete();

        void onState(State state);

        /// Somebody else's track has come: [PeerLink#hear] or [PeerLink#watch] it.
        void onTrack(String mid, Kind kind);

        /// A server did not serve.
        void onServerFailed(String url, int code, String text);
    }

    enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        /// For a moment; may come back by itself.
        DISCONNECTED,
        /// Only [PeerLink#offer] with a restart, or a new link, helps.
        FAILED,
        CLOSED
    }

    enum Kind {
        AUDIO,
        VIDEO
    }

    /// One line of `a=candidate`.
    record Candidate(String mid, int index, String line) {}

    /// What is sent. Once, before the first offer.
    void send(Optional<LocalAudio> audio, Optional<LocalVideo> video);

    /// That sound and pictures are to be received, where it is ours to offer that. Once, before the first offer.
    void receive();

    /// Makes an offer and takes it as the local description.
    ///
    /// @param restart whether ICE begins anew, with what [#configure] said last
    String offer(boolean restart);

    /// The peer's answer to the last offer.
    void answered(String sdp);

    /// Takes the peer's offer, and makes an answer that is the local description then.
    String answer(String offer);

    void add(Candidate candidate);

    /// Counts from the next restart of ICE.
    void configure(IceSetup ice);

    /// Where received sound goes; nowhere for a mid that is not there (any more).
    void hear(String mid, AudioSink sink);

    void watch(String mid, VideoSink sink);

    LinkStats stats();

    @Override
    void close();
}
