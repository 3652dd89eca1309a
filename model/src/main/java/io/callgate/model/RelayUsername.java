package io.callgate.model;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a time-limited credential: `expiry:appId:subject`, expiry in Unix seconds.
public record RelayUsername(Instant expiresAt, AppId app, Subject subject) {
    private static final Pattern FORM =
            Pattern.compile("(0|[1-9][0-9]{0,10}):([A-Za-z0-9._-]{1,64}):([A-Za-z0-9._@~+-]{1,128})");

    /// Empty for any other text, such as a static user's name.
    public static Optional<RelayUsername> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new RelayUsername(
                        Instant.ofEpochSecond(Long.parseLong(matcher.group(1))),
                        new AppId(matcher.group(2)),
                        new Subject(matcher.group(3))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return expiresAt.getEpochSecond() + ":" + app + ":" + subject;
    }
}
