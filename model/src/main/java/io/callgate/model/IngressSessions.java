package io.callgate.model;

/// Of an app's sessions on one relay, those that began by one ingress.
///
/// @param ingress label of the protocol by which clients came
/// @param peak the most of them since the last answered heartbeat
public record IngressSessions(String ingress, long sessions, long peak) {
    public IngressSessions {
        if (sessions < 0 || peak < sessions) {
            throw new IllegalArgumentException(
                    ingress + ": " + sessions + " sessions, at most " + peak + ": want no peak below them");
        }
    }
}
