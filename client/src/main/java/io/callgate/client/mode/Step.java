package io.callgate.client.mode;

import java.util.List;

/// What came of one event.
///
/// @param events to be told to the app, in this order
public record Step(State state, List<ProxyEvent> events) {
    public Step {
        events = List.copyOf(events);
    }
}
