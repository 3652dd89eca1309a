package io.callgate.model;

import java.util.List;

/// What has changed in a relay's sessions since control knew them, in pages: changes are numbered, and each
/// heartbeat has the oldest [#MOST] that control lacks. So ten thousand sessions make no larger heartbeat than
/// five hundred, and need longer until control knows them all.
///
/// A session changes when it begins, comes by another ingress, at another address or by a longer credential, or
/// ends; its bytes alone are news once in a minute.
///
/// @param after the change that these follow; 0: control forgets first what it knew of this relay. If control is
///     not at this change it takes none of these and says where it is
/// @param upTo the last change of these
/// @param live begun or changed, as they are now
/// @param ended numbers of sessions that are over; control may never have heard of them
public record SessionChanges(long after, long upTo, List<LiveSession> live, List<Long> ended) {
    /// Of one heartbeat: 150 kB of JSON.
    public static final int MOST = 500;

    public static final SessionChanges NONE = new SessionChanges(0, 0, List.of(), List.of());

    public SessionChanges {
        live = List.copyOf(live);
        ended = List.copyOf(ended);
        if (after < 0 || upTo < after) {
            throw new IllegalArgumentException("session changes after " + after + " up to " + upTo);
        }
        if (live.size() + ended.size() > MOST) {
            throw new IllegalArgumentException(
                    live.size() + ended.size() + " session changes at once: want at most " + MOST);
        }
    }
}
