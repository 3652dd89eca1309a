package io.callgate.rtc;

import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a call wants beside what it has, and so the next thing to do: one at a time, the newest plan first.
/// Whatever came and went while something else was done is never done at all.
///
/// Confined to the engine's thread.
final class Agenda {
    /// One thing to do.
    sealed interface Task {
        record Join(TransportPlan plan) implements Task {}

        record Apply(TransportPlan plan) implements Task {}

        record Reclaim(TransportPlan plan) implements Task {}

        record Publish(Publication publication) implements Task {}

        record Unpublish(String name) implements Task {}

        record Subscribe(String name, StreamSinks sinks) implements Task {}

        record Unsubscribe(String name) implements Task {}
    }

    private final boolean announced;
    private @Nullable TransportPlan plan;
    private @Nullable Publication wantedPublication;
    private final Map<String, StreamSinks> wantedStreams = new LinkedHashMap<>();

    private boolean isIn;
    private long epochInUse;
    private boolean signallingLost;
    private boolean mediaLost;
    private @Nullable Publication published;
    private final Map<String, StreamSinks> subscribed = new LinkedHashMap<>();
    private final Set<String> present = new HashSet<>();
    private final Set<String> postponed = new HashSet<>();

    /// @param announced whether the cloud tells which streams there are
    Agenda(boolean announced) {
        this.announced = announced;
    }

    // ------------------------------------------------------------------------------------- what is wanted

    /// @return false if a newer one is wanted already
    boolean wantPlan(TransportPlan newer) {
        if (plan != null && newer.epoch() <= plan.epoch()) {
            return false;
        }
        plan = newer;
        return true;
    }

    /// The newest plan in other words, to be used from the next task on.
    void refreshPlan(TransportPlan same) {
        if (plan != null && same.epoch() == plan.epoch()) {
            plan = same;
        }
    }

    Optional<TransportPlan> plan() {
        return Optional.ofNullable(plan);
    }

    void wantPublication(@Nullable Publication publication) {
        wantedPublication = publication;
    }

    void wantStream(String name, StreamSinks sinks) {
        wantedStreams.put(name, sinks);
    }

    void unwantStream(String name) {
        wantedStreams.remove(name);
    }

    // ------------------------------------------------------------------------------------- what there is

    void signallingLost() {
        signallingLost = true;
    }

    void mediaLost() {
        mediaLost = true;
    }

    void appeared(String stream) {
        present.add(stream);
    }

    /// The cloud has taken it away; if it comes again it is subscribed again.
    void disappeared(String stream) {
        present.remove(stream);
        subscribed.remove(stream);
    }

    void done(Task task) {
        if (task instanceof Task.Join join) {
            isIn = true;
            wentBy(join.plan());
        } else if (task instanceof Task.Apply apply) {
            wentBy(apply.plan());
        } else if (task instanceof Task.Reclaim reclaim) {
            wentBy(reclaim.plan());
        } else if (task instanceof Task.Publish publish) {
            published = publish.publication();
        } else if (task instanceof Task.Unpublish) {
            published = null;
        } else if (task instanceof Task.Subscribe subscribe) {
            if (isPresent(subscribe.name())) {
                subscribed.put(subscribe.name(), subscribe.sinks());
            }
        } else if (task instanceof Task.Unsubscribe unsubscribe) {
            subscribed.remove(unsubscribe.name());
        }
    }

    /// Comes after everything else the next time.
    void postpone(Task task) {
        if (task instanceof Task.Subscribe subscribe) {
            postponed.add(subscribe.name());
        }
    }

    private boolean isPresent(String stream) {
        return !announced || present.contains(stream);
    }

    private void wentBy(TransportPlan used) {
        epochInUse = used.epoch();
        signallingLost = false;
        mediaLost = false;
    }

    /// In the room, by the newest plan, nothing lost.
    boolean isSettled() {
        return isIn && isSound();
    }

    boolean isIn() {
        return isIn;
    }

    private boolean isSound() {
        return plan != null && plan.epoch() == epochInUse && !signallingLost && !mediaLost;
    }

    /// Whether that task is in vain by now, because another plan has come.
    boolean isOutdated(Task task) {
        long epoch = epochOf(task);
        return plan != null && epoch != 0 && epoch != plan.epoch();
    }

    private long epochOf(Task task) {
        if (task instanceof Task.Join join) {
            return join.plan().epoch();
        } else if (task instanceof Task.Apply apply) {
            return apply.plan().epoch();
        } else if (task instanceof Task.Reclaim reclaim) {
            return reclaim.plan().epoch();
        }
        return epochInUse; // publish and subscribe go by the plan in use
    }

    // ------------------------------------------------------------------------------------- what comes next

    Optional<Task> next() {
        if (plan == null) {
            return Optional.empty();
        }
        if (!isIn) {
            return Optional.of(new Task.Join(plan));
        }
        if (signallingLost) {
            return Optional.of(new Task.Reclaim(plan));
        }
        if (!isSound()) {
            return Optional.of(new Task.Apply(plan));
        }
        return nextStream().or(this::nextPublication).or(() -> {
            postponed.clear(); // everything else is done
            return nextStream();
        });
    }

    private Optional<Task> nextStream() {
        for (String name : subscribed.keySet()) {
            if (!Objects.equals(wantedStreams.get(name), subscribed.get(name))) {
                return Optional.of(new Task.Unsubscribe(name));
            }
        }
        for (Map.Entry<String, StreamSinks> wanted : wantedStreams.entrySet()) {
            String name = wanted.getKey();
            if (isPresent(name) && !postponed.contains(name) && !subscribed.containsKey(name)) {
                return Optional.of(new Task.Subscribe(wanted.getKey(), wanted.getValue()));
            }
        }
        return Optional.empty();
    }

    private Optional<Task> nextPublication() {
        if (Objects.equals(published, wantedPublication)) {
            return Optional.empty();
        }
        return wantedPublication != null
                ? Optional.of(new Task.Publish(wantedPublication))
                : Optional.of(new Task.Unpublish(published == null ? "" : published.name()));
    }
}
