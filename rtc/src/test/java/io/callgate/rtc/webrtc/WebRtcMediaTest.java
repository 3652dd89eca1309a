package io.callgate.rtc.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.rtc.SystemTime;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.testsignal.NumberedPicture;
import io.callgate.rtc.testsignal.SignalSender;
import io.callgate.rtc.testsignal.Tone;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real media within one machine, from one factory to the other.
@Timeout(120)
class WebRtcMediaTest {
    @BeforeAll
    static void checkTheMachine() {
        boolean isTested = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assumeTrue(isTested, "the library that the tests bring is for Linux on x86-64");
    }

    /// One end, told of the other's candidates.
    private static final class End implements PeerLink.Listener {
        private final CompletableFuture<PeerLink> other = new CompletableFuture<>();
        private final CompletableFuture<Boolean> connected = new CompletableFuture<>();

        @Override
        public void onCandidate(PeerLink.Candidate candidate) {
            other.thenAcceptAsync(link -> link.add(candidate));
        }

        @Override
        public void onCandidatesComplete() {}

        @Override
        public void onState(PeerLink.State state) {
            if (state == PeerLink.State.CONNECTED) {
                connected.complete(true);
            }
        }

        @Override
        public void onTrack(String mid, PeerLink.Kind kind) {}

        @Override
        public void onServerFailed(String url, int code, String text) {}
    }

    @Test
    void picturesAndSoundArriveAndSayWhoSentThem() throws Exception {
        try (WebRtcMedia media = WebRtcMedia.open(SystemTime.CLOCK);
                LocalAudio microphone = media.audio();
                LocalVideo camera = media.video();
                SignalSender signal = new SignalSender(microphone, camera, 42, 1_000)) {
            End sending = new End();
            End receiving = new End();
            PeerLink sender = media.sender(IceSetup.HOST_ONLY, sending);
            PeerLink receiver = media.receiver(IceSetup.HOST_ONLY, receiving);
            sender.send(Optional.of(microphone), Optional.of(camera));
            CountDownLatch seen = new CountDownLatch(20);
            CountDownLatch heard = new CountDownLatch(20);

            String offer = sender.offer(false);
            String answer = receiver.answer(offer);
            receiver.hear("0", chunk -> countTone(chunk, heard));
            receiver.watch("1", frame -> {
                if (NumberedPicture.read(frame).orElse(-1) == 42) {
                    seen.countDown();
                }
            });
            sender.answered(answer);
            sending.other.complete(receiver);
            receiving.other.complete(sender);

            assertThat(seen.await(60, TimeUnit.SECONDS))
                    .as("pictures with the number")
                    .isTrue();
            assertThat(heard.await(60, TimeUnit.SECONDS)).as("the tone").isTrue();
            assertThat(receiver.stats().framesDecoded()).isGreaterThanOrEqualTo(20);
            assertThat(receiver.stats().pair().orElseThrow().isRelayed()).isFalse();
            assertThat(sender.stats().framesSent()).isPositive();
            assertThat(signal).isNotNull();
            sender.close();
            sender.close();
            assertThatThrownBy(sender::stats).isInstanceOf(MediaException.class);
            assertThatThrownBy(() -> microphone.push(new AudioChunk(new byte[4], 48_000, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("10 ms");
        }
    }

    /// As WHEP wants it: the receiver offers.
    @Test
    void aReceiverCanOfferToReceiveAndNothingElse() {
        try (WebRtcMedia media = WebRtcMedia.open(SystemTime.CLOCK);
                PeerLink receiver = media.receiver(IceSetup.HOST_ONLY, new End())) {
            receiver.receive();

            String offer = receiver.offer(false);

            assertThat(offer).contains("m=audio", "m=video").doesNotContain("a=sendrecv", "a=sendonly");
            assertThat(offer.split("a=recvonly", -1)).hasSize(3);
        }
    }

    private static void countTone(AudioChunk chunk, CountDownLatch heard) {
        if (Tone.share(chunk, 1_000) > 0.8) {
            heard.countDown();
        }
    }
}
