package io.callgate.rtc;

import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A stack whose links stand at once, and note what is asked of them.
public final class StillMedia implements MediaStack {
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean moves = true;

    public List<String> log() {
        return log;
    }

    /// Links that nobody has closed.
    public int open() {
        return open.get();
    }

    /// From now on a link keeps the pair that it has, whatever it is told.
    public void stopMoving() {
        moves = false;
    }

    public ServiceListener listener() {
        return new ServiceListener() {
            @Override
            public void onUserJoined(String user) {}

            @Override
            public void onUserLeft(String user) {}

            @Override
            public void onStreamAdded(RemoteStream stream) {}

            @Override
            public void onStreamRemoved(RemoteStream stream) {}

            @Override
            public void onSignallingLost(String why) {}

            @Override
            public void onMediaLost(String why) {
                log.add("lost " + why);
            }

            @Override
            public void onEnded(Ending ending, String why) {}
        };
    }

    @Override
    public LocalVideo video() {
        return FakeMedia.DARKNESS;
    }

    @Override
    public LocalAudio audio() {
        return FakeMedia.SILENCE;
    }

    @Override
    public PeerLink sender(IceSetup ice, PeerLink.Listener listener) {
        return new StillLink(ice, listener);
    }

    @Override
    public PeerLink receiver(IceSetup ice, PeerLink.Listener listener) {
        return new StillLink(ice, listener);
    }

    @Override
    public void close() {}

    private final class StillLink implements PeerLink {
        private final Listener listener;
        private IceSetup way;
        private boolean isClosed;

        StillLink(IceSetup ice, Listener listener) {
            this.way = ice;
            this.listener = listener;
            open.incrementAndGet();
        }

        @Override
        public void send(Optional<LocalAudio> audio, Optional<LocalVideo> video) {
            log.add("send");
        }

        @Override
        public void receive() {
            log.add("receive");
        }

        @Override
        public String offer(boolean restart) {
            return describe();
        }

        private String describe() {
            listener.onCandidate(new Candidate("0", 0, "candidate:1"));
            listener.onCandidatesComplete();
            return "v=0\r\nm=audio\r\nm=video\r\n";
        }

        @Override
        public void answered(String sdp) {
            log.add("answered " + sdp);
            stand();
        }

        @Override
        public String answer(String offer) {
            log.add("answer " + offer);
            stand();
            return describe();
        }

        private void stand() {
            listener.onTrack("0", Kind.AUDIO);
            listener.onTrack("1", Kind.VIDEO);
            listener.onState(State.CONNECTED);
        }

        @Override
        public void add(Candidate candidate) {}

        @Override
        public void configure(IceSetup ice) {
            if (moves) {
                way = ice;
            }
        }

        @Override
        public void hear(String mid, AudioSink sink) {
            log.add("hear " + mid);
        }

        @Override
        public void watch(String mid, VideoSink sink) {
            log.add("watch " + mid);
        }

        @Override
        public LinkStats stats() {
            LinkStats.Pair pair = way.relayOnly()
                    ? new LinkStats.Pair(
                            "relay", "udp", way.servers().get(0).urls().get(0), "127.0.0.1:9")
                    : new LinkStats.Pair("host", "", "", "127.0.0.1:9");
            return new LinkStats(Optional.of(pair), 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            if (!isClosed) {
                isClosed = true;
                open.decrementAndGet();
                log.add("closed");
            }
        }
    }
}
