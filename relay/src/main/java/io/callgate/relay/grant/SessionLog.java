package io.callgate.relay.grant;

import io.callgate.model.SessionRecord;
import io.callgate.model.TimeSource;
import java.util.function.Consumer;

/// Who is told of sessions that are over, and of clients that were refused one.
///
/// @param listener called under the lock of an app's sessions, on any thread: returns at once
public record SessionLog(TimeSource time, Consumer<SessionRecord> listener) {}
