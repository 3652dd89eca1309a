package io.callgate.client;

import io.callgate.model.TimeSource;
import java.time.Instant;

/// What all parts of one proxy share.
record Common(Settings settings, Trace trace, Threads threads, Teller teller, Round round) {
    static Common of(Settings settings) {
        Trace trace = new Trace(settings.time());
        Threads threads = new Threads(trace);
        return new Common(settings, trace, threads, new Teller(settings.events(), threads, trace), new Round());
    }

    TimeSource time() {
        return settings.time();
    }

    long nanos() {
        return settings.time().nanos();
    }

    Instant now() {
        return settings.time().now();
    }
}
