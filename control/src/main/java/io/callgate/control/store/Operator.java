package io.callgate.control.store;

import io.callgate.model.AppId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Whoever holds one operator token, or is a user of the console.
///
/// @param apps those of an app's owner, by name; empty for everybody else: see [#only]
public record Operator(UUID id, String name, Role role, List<AppId> apps, Instant createdAt) {
    /// A viewer changes nothing; an app's owner sees and changes what is its apps'.
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
        if ((role == Role.APP_OWNER) == apps.isEmpty()) {
            throw new IllegalArgumentException(role + " with apps " + apps + ": an app's owner has some, others none");
        }
        apps = apps.stream()
                .distinct()
                .sorted(Comparator.comparing(AppId::value))
                .toList();
    }

    /// The only apps that it knows of; empty: it knows of all.
    public Optional<List<AppId>> only() {
        return role == Role.APP_OWNER ? Optional.of(apps) : Optional.empty();
    }
}
