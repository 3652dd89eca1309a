package io.callgate.control.store;

import io.callgate.model.AppId;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Whoever holds one operator token, or is a user of the console.
///
/// @param app the only one that it knows of; of an app's owner, and of nobody else
public record Operator(UUID id, String name, Role role, Optional<AppId> app, Instant createdAt) {
    /// A viewer changes nothing; an app's owner sees and changes what is that app's.
    public enum Role {
        OPERATOR,
        VIEWER,
        APP_OWNER;

        /// As the API writes it.
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// @throws IllegalArgumentException if there is none of this label
        public static Role ofLabel(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    public Operator {
        if ((role == Role.APP_OWNER) != app.isPresent()) {
            throw new IllegalArgumentException(role + " with app " + app + ": an app's owner has one, others none");
        }
    }
}
