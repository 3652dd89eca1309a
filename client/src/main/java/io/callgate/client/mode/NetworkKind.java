package io.callgate.client.mode;

/// What carries this machine's traffic, as far as the decision needs to know.
public enum NetworkKind {
    /// Wired, Wi-Fi, or unknown: a firewall may stand behind it.
    FIXED,

    /// Mobile data: operators do not filter calls, so a failed probe means bad coverage, not a firewall.
    CELLULAR,

    OFFLINE
}
