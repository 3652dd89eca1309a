package io.callgate.model;

import java.time.Instant;
import java.util.Optional;

/// The name of a time-limited credential: `expiry:appId:subject`, expiry in Unix seconds.
public record RelayUsername(Instant expiresAt, AppId app, Subject subject) {
    /// Seconds until the year 5138.
    private static final int MOST_DIGITS = 11;

    /// Empty for any other text, such as a static user's name.
    public static Optional<RelayUsername> parse(String text) {
        int first = text.indexOf(':');
        int second = text.indexOf(':', first + 1);
        if (second < 0) {
            return Optional.empty();
        }
        String expiry = text.substring(0, first);
        String app = text.substring(first + 1, second);
        String subject = text.substring(second + 1);
        return isSeconds(expiry) && AppId.FORM.fits(app) && Subject.FORM.fits(subject)
                ? Optional.of(new RelayUsername(
                        Instant.ofEpochSecond(Long.parseLong(expiry)), new AppId(app), new Subject(subject)))
                : Optional.empty();
    }

    /// Written in one way only: no sign, no leading zero.
    private static boolean isSeconds(String text) {
        boolean hasLeadingZero = text.length() > 1 && text.charAt(0) == '0';
        if (text.isEmpty() || text.length() > MOST_DIGITS || hasLeadingZero) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!NameForm.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return expiresAt.getEpochSecond() + ":" + app + ":" + subject;
    }
}
