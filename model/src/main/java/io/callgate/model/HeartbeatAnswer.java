package io.callgate.model;

import java.util.List;
import java.util.Map;

/// What control answers a [Heartbeat].
///
/// @param stateVersion the newest there is
/// @param draining whether the operator drains this relay
/// @param acknowledged the sequence of the heartbeat whose usage and endpoints control has now
/// @param sessionsTaken up to which change control knows the relay's sessions ([SessionChanges#upTo]); 0: none,
///     tell all
/// @param portions of the apps in the heartbeat that control knows, and of those that other relays have use for;
///     good until the next answer; an app without one is held to the limits of the state
/// @param inCall of apps where a portion might refuse them: who is in a call at some relay of the pool, and may
///     go on at this one whatever the portion says
public record HeartbeatAnswer(
        long stateVersion,
        boolean draining,
        long acknowledged,
        long sessionsTaken,
        List<Portion> portions,
        Map<AppId, SubjectSet> inCall) {
    public HeartbeatAnswer {
        portions = List.copyOf(portions);
        inCall = Map.copyOf(inCall);
    }
}
