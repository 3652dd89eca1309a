package io.callgate.control.store;

import java.time.Instant;

/// Who may sign in to the console.
///
/// @param who what they may, and what the audit calls them
/// @param password as it is kept: never the password itself
/// @param mustChange whether control made the password: then it opens nothing but the form for another
public record ConsoleUser(Operator who, String password, boolean mustChange) {
    public String name() {
        return who.name();
    }

    public Instant createdAt() {
        return who.createdAt();
    }

    @Override
    public String toString() {
        return "ConsoleUser[" + who + "]";
    }
}
