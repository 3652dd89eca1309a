package io.callgate.rtc;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One call, from join to its end: does what its [Agenda] says next, on the [Work] thread, and tells what
/// came of it.
///
/// Confined to the engine's thread, but for what it hands to the work thread.
final class Call implements Way.Listener {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /// What a call is made of.
    record Setup(
            RtcService service, MediaStack media, TimeSource time, Duration giveUpAfter, RtcEvents events, Loop loop) {}

    private final Setup setup;
    private final JoinRequest request;
    private final Way way;
    private final Work work;
    private final CallRoom room;
    private final Ear ear;
    private final Agenda agenda;
    private final long beganNanos;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private ConnectionState state = ConnectionState.DISCONNECTED;
    private boolean isNetworkOther; // than when all was settled last
    private @Nullable Doing doing;
    private Duration pause = FIRST_PAUSE;
    private long pausedUntil; // counts pauses, so that an old one's end is not heard
    private boolean isPaused;
    private Runnable givingUp = () -> {}; // calls it off
    private boolean isOver;
    private volatile boolean isMarkedOver;
    private @Nullable TransportPlan inUse;

    private Failure lastFailure =
            new Failure(ErrorCode.ALL_CANDIDATES_FAILED, "no way was found in time", "see the proxy's own events");

    /// A task on the work thread.
    private record Doing(Agenda.Task task, Runnable run) {}

    Call(Setup setup, JoinRequest request, Function<Way.Listener, Way> ways) {
        this.setup = setup;
        this.request = request;
        this.agenda = new Agenda(setup.service().announcesStreams());
        this.beganNanos = setup.time().nanos();
        this.ear = new Ear(this, setup, agenda);
        this.room = new CallRoom(setup, request, ear, this::elapsed);
        this.way = ways.apply(this); // may throw, so it comes before the thread
        this.work = new Work("callgate-rtc-work");
    }

    /// Completed on the engine's thread when nothing of the call is left.
    CompletableFuture<Void> ended() {
        return ended;
    }

    /// On the engine's thread: as [#isOver], once its end has been heard of here.
    boolean hasEnded() {
        return isOver;
    }

    /// Any thread: whether it was left, or has failed.
    boolean isOver() {
        return isMarkedOver;
    }

    /// Any thread: nothing that comes from now on is for this call.
    void markOver() {
        isMarkedOver = true;
    }

    void begin() {
        if (isOver) {
            return;
        }
        become(ConnectionState.CONNECTING, ConnectionReason.JOINING);
        way.start();
    }

    void publish(@Nullable Publication publication) {
        agenda.wantPublication(publication);
        proceed();
    }

    void subscribe(String name, StreamSinks sinks) {
        agenda.wantStream(name, sinks);
        proceed();
    }

    void unsubscribe(String name) {
        agenda.unwantStream(name);
        proceed();
    }

    void networkChanged() {
        if (isOver || state == ConnectionState.DISCONNECTED) {
            return; // begins later, or never: there is nothing to set up again
        }
        isNetworkOther = state == ConnectionState.CONNECTED;
        way.renew();
    }

    void statistics(CompletableFuture<Optional<CallStatistics>> answer) {
        if (isOver) {
            answer.complete(Optional.empty()); // the work thread takes no more
            return;
        }
        Duration inCall = elapsed();
        TransportPlan by = inUse;
        work.run(() -> {
            List<LinkStats> links = room.statistics();
            CallStatistics statistics = new CallStatistics(
                    inCall, by == null ? EffectivePath.DIRECT : by.path(), by == null ? "" : by.relay(), links);
            setup.loop().execute(() -> answer.complete(Optional.of(statistics)));
        });
    }

    // ------------------------------------------------------------------------------------- from the way, any thread

    @Override
    public void onPlan(TransportPlan plan) {
        setup.loop().execute(() -> planned(plan));
    }

    @Override
    public void onRefreshed(TransportPlan same) {
        setup.loop().execute(() -> agenda.refreshPlan(same));
    }

    @Override
    public void onLeased() {
        setup.loop().execute(() -> {
            if (state == ConnectionState.CONNECTING && !isOver) {
                tell(ConnectionReason.PROXY_LEASED);
            }
        });
    }

    @Override
    public void onGivenUp(Failure failure) {
        setup.loop().execute(() -> fail(ConnectionReason.PROXY_FAILED, failure));
    }

    private void planned(TransportPlan plan) {
        boolean isFirst = agenda.plan().isEmpty();
        if (isOver || !agenda.wantPlan(plan)) {
            return;
        }
        if (isFirst && plan.path().isProxied()) {
            tell(ConnectionReason.PROXY_ANSWERED);
        }
        if (doing != null && agenda.isOutdated(doing.task())) {
            work.callAway(doing.run());
        }
        isPaused = false;
        pause = FIRST_PAUSE;
        proceed();
    }

    // ------------------------------------------------------------------------------------- one thing after the other

    void proceed() {
        if (isOver || doing != null || isPaused) {
            return;
        }
        agenda.next().ifPresent(this::start);
    }

    private void start(Agenda.Task task) {
        Runnable run = () -> {
            try {
                room.perform(task);
                setup.loop().execute(() -> finished(task));
            } catch (RuntimeException | Error e) {
                setup.loop().execute(() -> failed(task, e));
            }
        };
        doing = new Doing(task, run);
        work.run(run);
    }

    private void finished(Agenda.Task task) {
        doing = null;
        if (isOver) {
            return; // the end waits on the work thread, behind what has just finished
        }
        agenda.done(task);
        pause = FIRST_PAUSE;
        if (task instanceof Agenda.Task.Join join) {
            joined(join.plan());
        } else if (task instanceof Agenda.Task.Apply apply) {
            moved(apply.plan());
        } else if (task instanceof Agenda.Task.Reclaim reclaim) {
            moved(reclaim.plan());
        } else if (task instanceof Agenda.Task.Publish publish) {
            setup.events().onPublished(nameOf(publish.publication()));
        } else if (task instanceof Agenda.Task.Unpublish unpublish) {
            setup.events().onUnpublished(unpublish.name().isEmpty() ? request.user() : unpublish.name());
        } else if (task instanceof Agenda.Task.Subscribe subscribe) {
            setup.events().onSubscribed(subscribe.name());
        }
        proceed();
    }

    private void failed(Agenda.Task task, Throwable thrown) {
        doing = null;
        if (isOver) {
            return;
        }
        ErrorCode code = thrown instanceof ServiceException refusal ? refusal.code() : ErrorCode.NOT_INITIALIZED;
        lastFailure = new Failure(code, String.valueOf(thrown.getMessage()), "see the events before this one");
        if (!(thrown instanceof ServiceException)) {
            setup.events().onDefect(thrown);
        }
        if (thrown instanceof ServiceException refusal && refusal.isFinal()) {
            refused(task);
            return;
        }
        agenda.postpone(task);
        if (!agenda.isOutdated(task)) {
            setup.events().onAttemptFailed(new Failure(code, lastFailure.cause(), "it is tried again; see the cause"));
            boolean isMove = task instanceof Agenda.Task.Apply || task instanceof Agenda.Task.Reclaim;
            if (isMove && state == ConnectionState.CONNECTED) {
                lost(ConnectionReason.MEDIA_LOST);
            }
            rest();
        }
        proceed();
    }

    private void refused(Agenda.Task task) {
        if (task instanceof Agenda.Task.Publish publish) {
            agenda.wantPublication(null);
            setup.events().onPublishFailed(nameOf(publish.publication()), lastFailure);
        } else if (task instanceof Agenda.Task.Subscribe subscribe) {
            agenda.unwantStream(subscribe.name());
            setup.events().onSubscribeFailed(subscribe.name(), lastFailure);
        } else {
            fail(ConnectionReason.REFUSED, lastFailure);
            return;
        }
        proceed();
    }

    private void rest() {
        isPaused = true;
        long mine = ++pausedUntil;
        setup.loop().after(pause, () -> {
            if (mine == pausedUntil) {
                isPaused = false;
                proceed();
            }
        });
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private String nameOf(Publication publication) {
        return publication.name().isEmpty() ? request.user() : publication.name();
    }

    // ------------------------------------------------------------------------------------- how it goes

    private void joined(TransportPlan plan) {
        become(ConnectionState.CONNECTED, ConnectionReason.JOINED);
        setup.events().onJoined(request.channel(), request.user(), elapsed());
        nowInUse(plan);
        ear.tellWhatWaited();
    }

    private void moved(TransportPlan plan) {
        TransportPlan before = inUse;
        boolean isOther = before == null
                || before.path() != plan.path()
                || !before.relay().equals(plan.relay());
        if (agenda.isSettled()) {
            isNetworkOther = false;
            if (state == ConnectionState.RECONNECTING) {
                become(ConnectionState.CONNECTED, ConnectionReason.REJOINED);
            } else if (isOther) {
                tell(ConnectionReason.PATH_CHANGED);
            }
        }
        nowInUse(plan);
    }

    private void nowInUse(TransportPlan plan) {
        TransportPlan before = inUse;
        inUse = plan;
        way.inUse(plan);
        if (before == null || before.path() != plan.path() || !before.relay().equals(plan.relay())) {
            setup.events().onPathInUse(plan.path(), plan.byFallback(), plan.relay(), elapsed());
        }
    }

    void lost(ConnectionReason why) {
        if (state == ConnectionState.CONNECTED) {
            become(ConnectionState.RECONNECTING, isNetworkOther ? ConnectionReason.NETWORK_CHANGED : why);
            isNetworkOther = false; // told
        }
    }

    /// The time to give up runs from the beginning of what is being tried to its end, whatever happens between.
    private void become(ConnectionState now, ConnectionReason why) {
        state = now;
        givingUp.run();
        if (now == ConnectionState.CONNECTING || now == ConnectionState.RECONNECTING) {
            givingUp = setup.loop().after(setup.giveUpAfter(), () -> fail(ConnectionReason.GAVE_UP, lastFailure));
        }
        tell(why);
    }

    private void tell(ConnectionReason why) {
        setup.events().onConnectionStateChanged(state, why);
    }

    private Duration elapsed() {
        return Duration.ofNanos(setup.time().nanos() - beganNanos);
    }

    // ------------------------------------------------------------------------------------- the end

    void fail(ConnectionReason why, Failure failure) {
        if (isOver) {
            return;
        }
        setup.events().onCallFailed(failure);
        end(ConnectionState.FAILED, why);
    }

    void leave(ConnectionReason why) {
        end(ConnectionState.DISCONNECTED, why);
    }

    private void end(ConnectionState last, ConnectionReason why) {
        if (isOver) {
            return;
        }
        isOver = true;
        isMarkedOver = true;
        givingUp.run(); // or the engine would keep this call until then
        if (doing != null) {
            work.callAway(doing.run());
        }
        work.run(() -> {
            room.leave();
            setup.loop().execute(() -> {
                way.close(); // not before: the goodbye goes by it
                become(last, why);
                ended.complete(null);
            });
        });
        work.end();
    }
}
