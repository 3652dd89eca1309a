package io.callgate.rtc.janus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.rtc.StillMedia;
import io.callgate.rtc.SystemTime;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a call moves, and what it does where a move fails halfway: against a played Janus, without media.
@Timeout(120)
class JanusRoomTest implements ServiceListener {
    private static final String BOB = "[{\"id\": 7, \"display\": \"bob\", \"streams\": [{\"type\": \"video\"}]}]";
    private static final String ALICE_AND_BOB = "[{\"id\": 1, \"display\": \"alice\", \"publisher\": true},"
            + " {\"id\": 7, \"display\": \"bob\", \"publisher\": true}]";
    private static final String ALICE_AND_CAROL = "[{\"id\": 1, \"display\": \"alice\", \"publisher\": true},"
            + " {\"id\": 8, \"display\": \"carol\", \"publisher\": true}]";

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final StillMedia media = new StillMedia();
    private PlayedJanus janus;
    private ServiceSession session;

    @BeforeEach
    void enter() throws IOException {
        janus = new PlayedJanus();
        janus.room(BOB, ALICE_AND_BOB);
        session = JanusService.at(janus.url(), SystemTime.CLOCK)
                .join(JoinRequest.of("77", "alice", ""), TransportPlan.direct(1), media, this);
        session.publish(Publication.of(media.audio(), media.video()));
        session.subscribe("bob", StreamSinks.of(AudioSink.NONE, VideoSink.NONE));
        janus.asked();
        told.clear();
    }

    @AfterEach
    void close() throws IOException {
        session.close();
        janus.close();
    }

    /// Where pictures were lost, whole ones are asked for: by going on with what was paused.
    @Test
    void whatWasLostIsMadeUpForByWholePictures() throws InterruptedException {
        session.reclaim(TransportPlan.direct(1));

        janus.await("2 pause");
        janus.await("2 start");
    }

    @Test
    void aMoveGoesOnInTheSameRoomByAnotherSocket() {
        session.apply(TransportPlan.direct(2));

        assertThat(janus.asked())
                .startsWith("2 claim, 2 configure, 2 start, 2 configure")
                .contains("2 listparticipants")
                .doesNotContain("join");
        assertThat(told).isEmpty();
    }

    /// What was moved to a socket that ended in the middle is not left there.
    @ParameterizedTest
    @ValueSource(strings = {"configure", "start", "listparticipants"})
    void aMoveWhoseSocketEndsIsTriedAgainByAThird(String endsAt) {
        janus.endAt(endsAt, false);
        assertThatThrownBy(() -> session.apply(TransportPlan.direct(2))).isInstanceOf(ServiceException.class);
        janus.asked();

        session.apply(TransportPlan.direct(2));

        assertThat(janus.asked()).startsWith("3 claim, 3 listparticipants, 3 configure");
    }

    /// A socket that has claimed nothing carries requests, and their answers go elsewhere.
    @Test
    void aClaimThatIsNotAnsweredIsMadeAgain() {
        janus.endAt("claim", false);
        assertThatThrownBy(() -> session.apply(TransportPlan.direct(2))).isInstanceOf(ServiceException.class);
        janus.asked();

        session.apply(TransportPlan.direct(2));

        assertThat(janus.asked()).startsWith("3 claim, 3 listparticipants, 3 configure");
    }

    /// As after a move in the laboratory: the WebSocket was alive, and Janus answered nothing by it.
    @Test
    void aSocketOnWhichNoAnswerComesIsGivenUpAndAnotherClaims() throws IOException {
        session.close();
        session = JanusService.at(janus.url(), SystemTime.CLOCK)
                .withPatience(Duration.ofMillis(500))
                .join(JoinRequest.of("77", "alice", ""), TransportPlan.direct(1), media, this);
        session.publish(Publication.of(media.audio(), media.video()));
        told.clear();
        janus.leaveUnanswered("configure");

        assertThatThrownBy(() -> session.apply(TransportPlan.direct(2)))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("has not answered");

        assertThat(told).containsExactly("signalling lost");
        janus.asked();
        session.apply(TransportPlan.direct(2));
        assertThat(janus.asked()).startsWith("4 claim").contains("4 configure");
    }

    @Test
    void aRoomThatWasForgottenIsEnteredAnewHoweverOftenThatTakes() {
        janus.forgetSession();
        janus.endAt("join", false);
        assertThatThrownBy(() -> session.apply(TransportPlan.direct(2))).isInstanceOf(ServiceException.class);
        assertThat(janus.asked()).isEqualTo("2 claim, 2 create, 2 attach, 2 join");

        session.apply(TransportPlan.direct(2));

        assertThat(janus.asked())
                .startsWith("3 claim, 3 attach, 3 join, 3 attach, 3 join, 3 start, 3 unpublish, 3 publish");
    }

    /// Where nothing may stay on the old way, there is no media while signalling is still about to move.
    @Test
    void towardsAForcedWayMediaIsCutFirst() {
        janus.endAt("claim", false);
        assertThatThrownBy(() -> session.apply(by("192.0.2.1", 2))).isInstanceOf(ServiceException.class);
        assertThat(media.open()).as("links that are still open").isZero();
        janus.asked();

        session.apply(by("192.0.2.1", 2));

        assertThat(janus.asked()).contains("3 unpublish, 3 publish");
        assertThat(relays()).containsExactly(turn("192.0.2.1"), turn("192.0.2.1"));
    }

    @Test
    void fromOneRelayToAnotherConnectionsMoveAsTheyAre() {
        session.apply(by("192.0.2.1", 2));
        janus.asked();

        session.apply(by("192.0.2.2", 3));

        assertThat(janus.asked()).contains("3 configure").doesNotContain("unpublish", "join");
        assertThat(relays()).containsExactly(turn("192.0.2.2"), turn("192.0.2.2"));
    }

    /// ICE may keep a pair that works: then only another connection helps.
    @Test
    void aConnectionThatStaysOnTheOldWayIsMadeAnew() {
        session.apply(by("192.0.2.1", 2));
        janus.asked();
        media.stopMoving();

        session.apply(by("192.0.2.2", 3));

        assertThat(janus.asked()).contains("3 configure", "3 attach, 3 join, 3 start", "3 unpublish, 3 publish");
        assertThat(relays()).containsExactly(turn("192.0.2.2"), turn("192.0.2.2"));
        assertThat(media.open()).as("links that are open").isEqualTo(2);
        assertThat(told).doesNotContain("media lost");
    }

    /// Nothing may go but to that relay.
    private static TransportPlan by(String relay, long epoch) {
        IceSetup.Server server = new IceSetup.Server(List.of(turn(relay)), "name", "word");
        IceSetup ice = new IceSetup(List.of(server), true, true);
        return new TransportPlan(epoch, EffectivePath.CLOUD_UDP, false, relay, ice, Dialer.direct());
    }

    private static String turn(String relay) {
        return "turn:" + relay + ":443?transport=udp";
    }

    private List<String> relays() {
        return session.statistics().stream()
                .flatMap(link -> link.pair().stream())
                .map(LinkStats.Pair::relayUrl)
                .toList();
    }

    @Test
    void whoCameAndWentDuringTheMoveIsToldAfterIt() {
        janus.room("[]", ALICE_AND_CAROL);

        session.apply(TransportPlan.direct(2));

        assertThat(told).containsExactly("removed bob", "left bob", "joined carol", "added carol");
    }

    /// Who has gone unheard would else be sought until the call is given up.
    @Test
    void whoWentDuringAMoveThatFailsIsToldToo() {
        janus.room("[]", ALICE_AND_CAROL);
        janus.endAt("configure", false);
        assertThatThrownBy(() -> session.apply(TransportPlan.direct(2))).isInstanceOf(ServiceException.class);

        session.apply(TransportPlan.direct(2));

        assertThat(told).contains("removed bob", "added carol");
    }

    /// A hundred calls in a minute would otherwise leave a hundred.
    @Test
    void aCallThatHasEndedSoonHasNoThreadsAnyMore() throws InterruptedException {
        String atWork = "OkHttp http:" + janus.url().substring("ws:".length()); // as OkHttp calls them then
        List<Thread> ofCalls = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(atWork))
                .toList();
        assertThat(ofCalls).isNotEmpty();

        session.leave();

        for (Thread thread : ofCalls) {
            thread.join(20_000);
            assertThat(thread.isAlive()).as("%s", thread).isFalse();
        }
    }

    @Override
    public void onUserJoined(String user) {
        told.add("joined " + user);
    }

    @Override
    public void onUserLeft(String user) {
        told.add("left " + user);
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        told.add("added " + stream.name());
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        told.add("removed " + stream.name());
    }

    @Override
    public void onSignallingLost(String why) {
        told.add("signalling lost");
    }

    @Override
    public void onMediaLost(String why) {
        told.add("media lost");
    }

    @Override
    public void onEnded(Ending ending, String why) {
        told.add("ended " + ending);
    }
}
