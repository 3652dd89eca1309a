package io.callgate.model;

import java.time.Instant;
import java.util.Optional;

/// Ends what an app, or one of its subjects, was given before a moment: live sessions admitted before it, and
/// credentials
/// that may be older than it.
///
/// A credential carries no time of issue. It counts as older when it expires within 49 h (the longest life) after
/// `notBefore`, so a relay keeps the revocation until then.
///
/// @param subject empty for all subjects of the app
public record Revocation(AppId app, Optional<Subject> subject, Instant notBefore) {
    public boolean concerns(AppId otherApp, Subject otherSubject) {
        return app.equals(otherApp) && subject.map(otherSubject::equals).orElse(true);
    }

    /// Whether every credential that it could strike has expired.
    public boolean isOver(Instant now) {
        return now.isAfter(notBefore.plus(RelayCredential.LONGEST_LIFE));
    }
}
