package io.callgate.rtc.vendor;

import io.callgate.rtc.service.RemoteStream;
import java.util.HashMap;
import java.util.Map;

/// The others in a channel, for APIs that know them by numbers: everybody's number, whose each stream is, and
/// that every stream that comes is received, to be shown where the app says.
///
/// Confined to the engine's thread, but for [#number].
public final class Members {
    private final UserNumbers users;
    private final Screens screens;
    private final Map<String, String> owners = new HashMap<>(); // by stream

    /// @param most the highest number of a user, one less than a power of two
    public Members(long most, Screens screens) {
        this.users = new UserNumbers(most);
        this.screens = screens;
    }

    /// Any thread.
    public long number(String user) {
        return users.of(user);
    }

    /// A stream has come: it is received.
    ///
    /// @return the number of whoever sends it
    public long added(RemoteStream stream, FacadeEngine engine) {
        long number = number(stream.user());
        owners.put(stream.name(), stream.user());
        engine.subscribe(stream.name(), screens.of(number));
        return number;
    }

    /// @return the number of whoever sent it
    public long removed(RemoteStream stream) {
        owners.remove(stream.name());
        return number(stream.user());
    }

    /// The number of whoever sends that stream.
    public long ownerOf(String stream) {
        return number(owners.getOrDefault(stream, stream));
    }
}
