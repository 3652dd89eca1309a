package io.callgate.relay.grant;

import io.callgate.model.SessionRecord;
import io.callgate.model.TimeSource;
import java.util.function.Consumer;

/// Who hears of sessions.
///
/// @param listener of those that are over, and of clients that were refused one; called under the lock of an app's
///     sessions, on any thread: returns at once
/// @param usage counts them
/// @param journal knows those that live
public record SessionLog(TimeSource time, Consumer<SessionRecord> listener, Usage usage, SessionJournal journal) {
    /// Nobody counts them, and control hears of none.
    public SessionLog(TimeSource time, Consumer<SessionRecord> listener) {
        this(time, listener, new Usage(), SessionJournal.NONE);
    }
}
