package io.callgate.client.mode;

/// What carries this machine's traffic. The decision asks only whether it is cellular; the rest is for people.
public enum NetworkKind {
    ETHERNET,

    WIFI,

    /// Mobile data: operators do not filter calls, so a failed probe means bad coverage, not a firewall.
    CELLULAR,

    /// Something else, or nobody can tell: a firewall may stand behind it.
    UNKNOWN,

    OFFLINE
}
