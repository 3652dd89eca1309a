package io.callgate.relay;

import java.util.List;

/// A state that cannot be served. Nothing of it has been taken over.
public final class RelayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    RelayException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /// One sentence a problem, with what was tried, on what, and how to mend it.
    public List<String> problems() {
        return problems;
    }
}
