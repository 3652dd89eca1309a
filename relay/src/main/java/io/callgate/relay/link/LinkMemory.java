package io.callgate.relay.link;

import java.io.IOException;
import java.util.Optional;

/// Where a linked relay keeps what must outlive it. Holds the relay's key and relay secrets: for its owner's eyes
/// only. Called by any thread, by one at a time.
public interface LinkMemory {
    /// What is kept, each by itself.
    enum Part {
        /// Who this relay is to control; changes only when it joins.
        IDENTITY,
        /// What control said last that could be served.
        STATE
    }

    /// @return empty if nothing was kept
    Optional<String> recall(Part part) throws IOException;

    /// Replaces what was kept, whole or not at all.
    void keep(Part part, String text) throws IOException;
}
