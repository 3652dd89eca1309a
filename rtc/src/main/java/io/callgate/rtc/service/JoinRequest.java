package io.callgate.rtc.service;

import java.util.Optional;

/// Who wants in where.
///
/// @param channel the room, 1 to 64 characters
/// @param user within the room, 1 to 128 characters
/// @param token that the app's server has made for this user: for the cloud proxy, and for the room where
///     it asks for one
public record JoinRequest(String channel, String user, Optional<String> token) {
    public JoinRequest {
        check("channel", channel, 64);
        check("user", user, 128);
    }

    public static JoinRequest of(String channel, String user, String token) {
        return new JoinRequest(channel, user, token.isEmpty() ? Optional.empty() : Optional.of(token));
    }

    private static void check(String what, String value, int longest) {
        if (value.isEmpty() || value.length() > longest || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " \"" + value + "\": want 1 to " + longest + " characters, none of them for control");
        }
    }

    /// Without the token.
    @Override
    public String toString() {
        return "JoinRequest[" + channel + ", " + user + "]";
    }
}
