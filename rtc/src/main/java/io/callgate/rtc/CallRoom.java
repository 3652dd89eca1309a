package io.callgate.rtc;

import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The room of one call, once it is entered: does the agenda's tasks there. The work thread's alone; may block.
final class CallRoom {
    private final Call.Setup setup;
    private final JoinRequest request;
    private final ServiceListener listener;
    private final Supplier<Duration> elapsed;
    private @Nullable ServiceSession session;

    /// @param elapsed since the call began; any thread
    CallRoom(Call.Setup setup, JoinRequest request, ServiceListener listener, Supplier<Duration> elapsed) {
        this.setup = setup;
        this.request = request;
        this.listener = listener;
        this.elapsed = elapsed;
    }

    void perform(Agenda.Task task) {
        if (task instanceof Agenda.Task.Join join) {
            session = setup.service().join(request, join.plan(), setup.media(), listener);
            return;
        }
        ServiceSession here = session;
        if (here == null) {
            throw new IllegalStateException("nothing but a join comes before a room");
        }
        if (task instanceof Agenda.Task.Apply apply) {
            here.apply(apply.plan());
        } else if (task instanceof Agenda.Task.Reclaim reclaim) {
            here.reclaim(reclaim.plan());
        } else if (task instanceof Agenda.Task.Publish publish) {
            here.publish(publish.publication());
        } else if (task instanceof Agenda.Task.Unpublish) {
            here.unpublish();
        } else if (task instanceof Agenda.Task.Subscribe subscribe) {
            here.subscribe(subscribe.name(), first(subscribe.name(), subscribe.sinks()));
        } else if (task instanceof Agenda.Task.Unsubscribe unsubscribe) {
            here.unsubscribe(unsubscribe.name());
        }
    }

    /// The same sinks, and word of the first thing that comes to each.
    private StreamSinks first(String name, StreamSinks sinks) {
        AtomicBoolean seen = new AtomicBoolean();
        AtomicBoolean heard = new AtomicBoolean();
        return new StreamSinks(
                chunk -> {
                    if (!heard.getPlain() && heard.compareAndSet(false, true)) {
                        Duration at = elapsed.get();
                        setup.loop().execute(() -> setup.events().onFirstAudio(name, at));
                    }
                    sinks.audio().onAudio(chunk);
                },
                frame -> {
                    if (!seen.getPlain() && seen.compareAndSet(false, true)) {
                        Duration at = elapsed.get();
                        int width = frame.width();
                        int height = frame.height();
                        setup.loop().execute(() -> setup.events().onFirstFrame(name, width, height, at));
                    }
                    sinks.video().onFrame(frame);
                });
    }

    List<LinkStats> statistics() {
        try {
            return session == null ? List.of() : session.statistics();
        } catch (RuntimeException e) {
            setup.loop().execute(() -> setup.events().onDefect(e));
            return List.of();
        }
    }

    void leave() {
        try {
            if (session != null) {
                session.leave();
            }
        } catch (RuntimeException e) {
            setup.loop().execute(() -> setup.events().onDefect(e));
        }
    }
}
