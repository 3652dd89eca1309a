package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.rtc.Agenda.Task;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgendaTest {
    private static final StreamSinks SINKS = StreamSinks.of(AudioSink.NONE, VideoSink.NONE);

    private final Agenda agenda = new Agenda(true);

    @Test
    void nothingIsDoneBeforeAPlan() {
        agenda.wantPublication(publication("camera"));
        agenda.wantStream("bob", SINKS);

        assertThat(agenda.next()).isEmpty();
    }

    @Test
    void theRoomComesFirstThenStreamsThenWhatIsSent() {
        agenda.wantPublication(publication("camera"));
        agenda.wantStream("bob", SINKS);
        agenda.appeared("bob");
        agenda.wantPlan(plan(1));

        assertThat(did()).isInstanceOf(Task.Join.class);
        assertThat(did()).isEqualTo(new Task.Subscribe("bob", SINKS));
        assertThat(did()).isEqualTo(new Task.Publish(publication("camera")));
        assertThat(agenda.next()).isEmpty();
    }

    @Test
    void anOlderPlanIsNotWantedAfterANewer() {
        assertThat(agenda.wantPlan(plan(2))).isTrue();
        assertThat(agenda.wantPlan(plan(1))).isFalse();
        assertThat(agenda.wantPlan(plan(2))).isFalse();

        assertThat(agenda.next()).contains(new Task.Join(agenda.plan().orElseThrow()));
        assertThat(agenda.plan().orElseThrow().epoch()).isEqualTo(2);
    }

    @Test
    void ofThePlansThatCameMeanwhileOnlyTheNewestIsApplied() {
        join();
        TransportPlan third = plan(3);
        agenda.wantPlan(plan(2));
        agenda.wantPlan(third);

        assertThat(did()).isEqualTo(new Task.Apply(third));
        assertThat(agenda.next()).isEmpty();
        assertThat(agenda.isSettled()).isTrue();
    }

    @Test
    void aPlanThatCameDuringAMoveMakesThatMoveVain() {
        join();
        agenda.wantPlan(plan(2));
        Task move = agenda.next().orElseThrow();
        agenda.wantPlan(plan(3));

        assertThat(agenda.isOutdated(move)).isTrue();
        agenda.done(move);
        assertThat(agenda.isSettled()).isFalse();
        assertThat(agenda.next().orElseThrow()).isInstanceOf(Task.Apply.class);
    }

    @Test
    void aYoungerCredentialMovesNothingAndIsUsedNextTime() {
        join();
        TransportPlan younger = new TransportPlan(
                1,
                EffectivePath.CLOUD_TCP,
                false,
                "r1",
                new IceSetup(List.of(new IceSetup.Server(List.of("turn:r1"), "name", "younger")), true, false),
                Dialer.direct());
        agenda.refreshPlan(younger);
        agenda.refreshPlan(TransportPlan.direct(9));

        assertThat(agenda.next()).isEmpty();
        agenda.mediaLost();
        assertThat(agenda.next()).contains(new Task.Apply(younger));
    }

    @Test
    void lostSignallingIsReclaimedAndLostMediaAppliedAnew() {
        join();

        agenda.mediaLost();
        assertThat(agenda.next().orElseThrow()).isInstanceOf(Task.Apply.class);
        agenda.signallingLost();
        assertThat(did()).isInstanceOf(Task.Reclaim.class);

        assertThat(agenda.next()).isEmpty();
    }

    @Test
    void aStreamThatComesAgainIsSubscribedAgain() {
        join();
        agenda.wantStream("bob", SINKS);
        assertThat(agenda.next()).isEmpty();

        agenda.appeared("bob");
        assertThat(did()).isEqualTo(new Task.Subscribe("bob", SINKS));
        agenda.disappeared("bob");
        assertThat(agenda.next()).isEmpty();
        agenda.appeared("bob");

        assertThat(did()).isEqualTo(new Task.Subscribe("bob", SINKS));
    }

    @Test
    void aStreamThatWentWhileItWasSubscribedIsNotTakenForSubscribed() {
        join();
        agenda.wantStream("bob", SINKS);
        agenda.appeared("bob");
        Task subscribing = agenda.next().orElseThrow();
        agenda.disappeared("bob");
        agenda.done(subscribing);

        agenda.appeared("bob");

        assertThat(agenda.next()).contains(subscribing);
    }

    @Test
    void otherSinksAreAnotherSubscription() {
        join();
        agenda.wantStream("bob", SINKS);
        agenda.appeared("bob");
        did();
        StreamSinks others = StreamSinks.of(chunk -> {}, frame -> {});
        agenda.wantStream("bob", others);

        assertThat(did()).isEqualTo(new Task.Unsubscribe("bob"));
        assertThat(did()).isEqualTo(new Task.Subscribe("bob", others));
    }

    @Test
    void whatIsNoMoreWantedIsNoMoreSent() {
        join();
        agenda.wantPublication(publication("camera"));
        did();
        agenda.wantPublication(publication("screen"));
        assertThat(did()).isEqualTo(new Task.Publish(publication("screen")));
        agenda.wantPublication(null);

        assertThat(did()).isEqualTo(new Task.Unpublish("screen"));
        assertThat(agenda.next()).isEmpty();
    }

    private void join() {
        agenda.wantPlan(plan(1));
        assertThat(did()).isInstanceOf(Task.Join.class);
    }

    private Task did() {
        Task next = agenda.next().orElseThrow();
        agenda.done(next);
        return next;
    }

    private static TransportPlan plan(long epoch) {
        return TransportPlan.direct(epoch);
    }

    private static Publication publication(String name) {
        return new Publication(name, Optional.of(FakeMedia.SILENCE), Optional.empty());
    }

    @Test
    void whatFailsLetsEverythingElseGoFirst() {
        Agenda open = new Agenda(false);
        TransportPlan first = plan(1);
        open.wantPlan(first);
        open.done(new Task.Join(first));
        open.wantStream("late", SINKS);
        open.wantStream("there", SINKS);
        open.wantPublication(publication("camera"));
        Task late = new Task.Subscribe("late", SINKS);
        assertThat(open.next()).as("no cloud has to announce it").contains(late);

        open.postpone(late);

        Task there = new Task.Subscribe("there", SINKS);
        assertThat(open.next()).contains(there);
        open.done(there);
        assertThat(open.next()).contains(new Task.Publish(publication("camera")));
        open.done(new Task.Publish(publication("camera")));
        assertThat(open.next()).as("its turn has come again").contains(late);
    }
}
