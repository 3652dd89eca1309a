package io.callgate.control.store;

import io.callgate.model.UsageCount;
import java.time.Instant;
import java.util.Locale;

/// In one hour an app used more than was agreed.
///
/// @param peak the most of that hour
/// @param firstAt when control first saw it in that hour
public record Excess(Key key, long agreed, long peak, Instant firstAt, Instant lastAt) {
    /// Of which part of the [Quota].
    public enum Kind {
        SESSIONS,
        KBIT_PER_SECOND;

        /// As JSON and logs have it, by the name of the setting.
        public String label() {
            return this == SESSIONS ? "sessions" : "kbitPerSecond";
        }
    }

    /// Which hour and part.
    public record Key(Instant hour, Kind kind) {
        /// As a page names where the next begins.
        @Override
        public String toString() {
            return hour.getEpochSecond() / UsageCount.HOUR.toSeconds() + "."
                    + kind.name().toLowerCase(Locale.ROOT);
        }

        /// @throws IllegalArgumentException if the text is none
        public static Key parse(String text) {
            int dot = text.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException("want the next of the page before");
            }
            long hours = Long.parseLong(text.substring(0, dot));
            return new Key(
                    Instant.EPOCH.plus(UsageCount.HOUR.multipliedBy(hours)),
                    Kind.valueOf(text.substring(dot + 1).toUpperCase(Locale.ROOT)));
        }
    }
}
