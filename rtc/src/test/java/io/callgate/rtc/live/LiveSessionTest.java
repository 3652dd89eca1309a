package io.callgate.rtc.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.StillMedia;
import io.callgate.rtc.SystemTime;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// WHIP and WHEP against a server that answers as a test says, with a stack without media.
@Timeout(30)
class LiveSessionTest {
    private static final StreamSinks SINKS = StreamSinks.of(AudioSink.NONE, VideoSink.NONE);

    /// @param location empty for none
    private record Answer(int status, String location, String body) {}

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final StillMedia media = new StillMedia();
    private final Publication publication = Publication.of(media.audio(), media.video());
    private HttpServer server;
    private ServiceSession session;

    @BeforeEach
    void begin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        session = LiveService.at(base + "/whip/{stream}", base + "/whep/{stream}", SystemTime.CLOCK)
                .join(JoinRequest.of("any", "alice", "t0ken"), TransportPlan.direct(1), media, media.listener());
    }

    @AfterEach
    void end() {
        session.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath() + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " " + body.replace("\r\n", "|"));
        Answer answer = answers.poll();
        int status = answer == null ? 200 : answer.status();
        if (answer != null && !answer.location().isEmpty()) {
            exchange.getResponseHeaders().add("Location", answer.location());
        }
        byte[] bytes = answer == null ? new byte[0] : answer.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String next() throws InterruptedException {
        String next = asked.poll(5, TimeUnit.SECONDS);
        assertThat(next).as("nothing is asked of the cloud").isNotNull();
        return next;
    }

    @Test
    void sendsByWhipWithTheTokenAndAllCandidates() throws Exception {
        answers.add(new Answer(201, "/resource/7", "v=0 answer"));

        session.publish(publication.named("a show/1"));

        assertThat(next()).isEqualTo("POST /whip/a%20show%2F1 Bearer t0ken v=0|m=audio|a=candidate:1|m=video|");
        assertThat(media.log()).containsSubsequence("send", "answered v=0 answer");
        session.unpublish();
        assertThat(next()).startsWith("DELETE /resource/7 Bearer t0ken");
        assertThat(media.log()).contains("closed");
    }

    @Test
    void receivesByWhep() throws Exception {
        answers.add(new Answer(201, "https://127.0.0.1/elsewhere", "v=0 answer"));

        session.subscribe("show", SINKS);

        assertThat(next()).startsWith("POST /whep/show Bearer t0ken v=0|");
        assertThat(media.log()).containsSubsequence("receive", "answered v=0 answer", "hear 0", "watch 1");
    }

    @Test
    void answersACounterOffer() throws Exception {
        answers.add(new Answer(406, "/resource/8", "v=0 counter-offer"));
        answers.add(new Answer(204, "", ""));

        session.subscribe("show", SINKS);

        assertThat(next()).startsWith("POST /whep/show");
        assertThat(next()).startsWith("PATCH /resource/8 Bearer t0ken v=0|m=audio|a=candidate:1|");
        assertThat(media.log())
                .containsSubsequence("receive", "closed", "answer v=0 counter-offer", "hear 0", "watch 1");
        session.leave();
        assertThat(next()).startsWith("DELETE /resource/8");
    }

    @Test
    void aTokenThatIsNotTakenIsFinalAndAStreamThatIsNotThereIsNot() {
        answers.add(new Answer(401, "", ""));
        assertThatThrownBy(() -> session.publish(publication)).isInstanceOfSatisfying(ServiceException.class, e -> {
            assertThat(e.isFinal()).isTrue();
            assertThat(e.code()).isEqualTo(ErrorCode.TOKEN_INVALID);
        });
        answers.add(new Answer(404, "", ""));
        assertThatThrownBy(() -> session.subscribe("later", SINKS))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.isFinal()).isFalse());
        answers.add(new Answer(415, "", ""));
        assertThatThrownBy(() -> session.subscribe("show", SINKS))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.isFinal()).isTrue());
        assertThat(media.open()).as("links that are still open").isZero();
    }

    @Test
    void anotherPlanSetsEveryStreamUpAnew() throws Exception {
        answers.add(new Answer(201, "/resource/1", "v=0 one"));
        session.publish(publication);
        answers.add(new Answer(201, "/resource/2", "v=0 two"));
        session.subscribe("show", SINKS);
        asked.clear();

        session.apply(TransportPlan.direct(1));
        assertThat(asked).as("all goes by that plan already").isEmpty();
        session.apply(TransportPlan.direct(2));

        assertThat(next()).startsWith("DELETE /resource/2");
        assertThat(next()).startsWith("POST /whep/show");
        assertThat(next()).startsWith("DELETE /resource/1");
        assertThat(next()).startsWith("POST /whip/alice");
        assertThat(session.statistics()).hasSize(2);
    }

    @Test
    void urlsHoldAPlaceForTheStream() {
        assertThatThrownBy(() -> LiveService.at("https://live/whip", "https://live/{stream}", SystemTime.CLOCK))
                .hasMessageContaining("{stream}");
        assertThatThrownBy(() -> LiveService.at("wss://live/{stream}", "https://live/{stream}", SystemTime.CLOCK))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(LiveService.url("https://live/{stream}", "..")).isEqualTo("https://live/%2E%2E");
        assertThat(LiveService.url("https://live/{stream}", "ü?&#")).isEqualTo("https://live/%C3%BC%3F%26%23");
    }
}
