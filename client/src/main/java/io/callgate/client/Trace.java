package io.callgate.client;

import io.callgate.model.TimeSource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What was decided, when and why: the last 500 steps. Holds no secret. Safe for any thread.
public final class Trace {
    private static final int MOST_STEPS = 500;

    private final TimeSource time;
    private final long beganNanos;
    private final Deque<Step> steps = new ArrayDeque<>();

    /// @param millis since the proxy was built
    public record Step(Instant at, long millis, String what) {}

    Trace(TimeSource time) {
        this.time = time;
        this.beganNanos = time.nanos();
    }

    void add(String what) {
        Step step = new Step(time.now(), (time.nanos() - beganNanos) / 1_000_000, what);
        synchronized (steps) {
            if (steps.size() == MOST_STEPS) {
                steps.removeFirst();
            }
            steps.addLast(step);
        }
    }

    public List<Step> steps() {
        synchronized (steps) {
            return new ArrayList<>(steps);
        }
    }

    /// One line a step: milliseconds, what.
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps()) {
            text.append(String.format("%8d ms  %s%n", step.millis(), step.what()));
        }
        return text.toString();
    }

    /// `[{"at": ..., "millis": ..., "what": ...}]`.
    public String json() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Step step : steps()) {
            list.addObject()
                    .put("at", step.at().toString())
                    .put("millis", step.millis())
                    .put("what", step.what());
        }
        return list.toString();
    }
}
