package io.callgate.model;

import java.util.List;
import java.util.Optional;

/// What a relay tells control every five seconds, and at once when an app needs more than its [Portion].
///
/// Every part may be told again, arrive late or arrive twice, and changes nothing then: who sends keeps no copy of
/// what it has sent, and makes the next heartbeat from what is true then.
///
/// @param epoch names one run of the relay
/// @param sequence rises by one a heartbeat within the epoch; of an older one only the usage counts
/// @param software name and version, for the operator's list
/// @param draining whether it is about to end; what the operator ordered is control's own word, and not told back
/// @param stateVersion of the state in force
/// @param refusal why the newest state is not the one in force
/// @param endpoints where clients reach the relay, all of them, with the pin of the certificate in force; empty:
///     as told before. Told in the first heartbeat of a run, and when they change, until one is answered
/// @param refusals whatever this run has refused or dropped, by reason; the most frequent first
/// @param apps those with a session, traffic or a refusal since the last answered heartbeat
/// @param usage counts that control has not acknowledged as they are now, the oldest first; the rest next time
public record Heartbeat(
        String epoch,
        long sequence,
        Optional<String> software,
        int loadPercent,
        boolean draining,
        long stateVersion,
        Optional<String> refusal,
        List<RelayEndpoint> endpoints,
        List<RefusalCount> refusals,
        List<AppNeed> apps,
        List<UsageCount> usage,
        SessionChanges sessions) {
    public static final int MOST_ENDPOINTS = 64;
    public static final int MOST_REFUSALS = 100;
    public static final int MOST_APPS = 4_000;

    /// Of one heartbeat: 200 kB of JSON.
    public static final int MOST_USAGE = 1_000;

    public Heartbeat {
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence " + sequence + ": want 0 or more");
        }
        if (loadPercent < 0 || loadPercent > 100) {
            throw new IllegalArgumentException("loadPercent " + loadPercent + ": want 0 to 100");
        }
        endpoints = List.copyOf(endpoints);
        refusals = List.copyOf(refusals);
        apps = List.copyOf(apps);
        usage = List.copyOf(usage);
    }
}
