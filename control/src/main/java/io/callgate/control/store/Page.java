package io.callgate.control.store;

import java.util.UUID;

/// Where pages by id begin that have no page before them.
final class Page {
    static final UUID FIRST = new UUID(0, 0);

    /// Above every UUIDv7 of the next 3,000 years, and not negative for who compares signed.
    static final UUID LAST = new UUID(Long.MAX_VALUE, -1);

    private Page() {}
}
