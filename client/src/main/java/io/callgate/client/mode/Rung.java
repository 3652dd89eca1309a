package io.callgate.client.mode;

/// One way to try, as the machine sees it.
///
/// @param name of the relay or local proxy, for events and traces
public record Rung(EffectivePath path, String name) {
    public Rung {
        if (!path.isProxied()) {
            throw new IllegalArgumentException("rung \"" + name + "\" is direct: a ladder leads to proxies");
        }
    }

    @Override
    public String toString() {
        return path + " by " + name;
    }
}
