package io.callgate.rtc;

import io.callgate.client.failure.Failure;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What the cloud tells a call, on any thread: taken to the engine's, and not told before the join is.
final class Ear implements ServiceListener {
    private final Call call;
    private final Call.Setup setup;
    private final Agenda agenda;
    private final List<Runnable> untilJoined = new ArrayList<>(); // the engine's thread's alone

    Ear(Call call, Call.Setup setup, Agenda agenda) {
        this.call = call;
        this.setup = setup;
        this.agenda = agenda;
    }

    /// On the engine's thread, when the join has been told.
    void tellWhatWaited() {
        untilJoined.forEach(Runnable::run);
        untilJoined.clear();
    }

    @Override
    public void onUserJoined(String user) {
        afterJoin(events -> events.onUserJoined(user));
    }

    @Override
    public void onUserLeft(String user) {
        afterJoin(events -> events.onUserLeft(user));
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        afterJoin(events -> {
            agenda.appeared(stream.name());
            events.onStreamAdded(stream);
            call.proceed();
        });
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        afterJoin(events -> {
            agenda.disappeared(stream.name());
            events.onStreamRemoved(stream);
        });
    }

    @Override
    public void onSignallingLost(String why) {
        afterJoin(events -> {
            agenda.signallingLost();
            call.lost(ConnectionReason.SIGNALLING_LOST);
            call.proceed();
        });
    }

    @Override
    public void onMediaLost(String why) {
        afterJoin(events -> {
            agenda.mediaLost();
            call.lost(ConnectionReason.MEDIA_LOST);
            call.proceed();
        });
    }

    @Override
    public void onEnded(Ending ending, String why) {
        ConnectionReason reason = switch (ending) {
            case KICKED -> ConnectionReason.KICKED;
            case CHANNEL_CLOSED -> ConnectionReason.CHANNEL_CLOSED;
            case SAME_USER_JOINED -> ConnectionReason.SAME_USER_JOINED;
        };
        afterJoin(events ->
                call.fail(reason, new Failure(ErrorCode.NOT_INITIALIZED, why, "join again, if that is allowed")));
    }

    private void afterJoin(Consumer<RtcEvents> told) {
        setup.loop().execute(() -> {
            if (call.hasEnded()) {
                return;
            }
            if (agenda.isIn()) {
                told.accept(setup.events());
            } else {
                untilJoined.add(() -> told.accept(setup.events()));
            }
        });
    }
}
