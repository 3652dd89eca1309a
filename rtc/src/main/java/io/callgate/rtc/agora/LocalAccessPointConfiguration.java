package io.callgate.rtc.agora;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Relays of the customer's own, in the place of an operator's.
public final class LocalAccessPointConfiguration {
    /// If none of them works, the direct way is taken.
    public static final int CONNECTIVITY_FIRST = 0;

    /// If none of them works, joining fails.
    public static final int LOCAL_ONLY = 1;

    /// Addresses, with a port after a colon where it is not 443. They are tried in an order of chance.
    public @Nullable List<String> ipList = new ArrayList<>();

    /// Names; joined with the addresses, each once.
    public @Nullable List<String> domainList = new ArrayList<>();

    public int mode = CONNECTIVITY_FIRST;
}
