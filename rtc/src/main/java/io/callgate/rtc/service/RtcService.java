package io.callgate.rtc.service;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.HostPort;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.transport.TransportPlan;
import java.util.Optional;

/// One kind of RTC cloud, at one address. Immutable; any thread.
///
/// All that reaches the cloud goes by the plan: [TransportPlan#signalling] is the only way to open a
/// connection, [TransportPlan#ice] the only one for media. An implementation that resolves a name itself,
/// or asks an HTTP client to use the system's proxy, leaks.
public interface RtcService {
    /// Enters a room. Blocks until it is entered, or the thread is interrupted.
    ///
    /// @param listener told on any thread, until [ServiceSession#close]
    /// @throws ServiceException if the cloud refuses, or cannot be reached this way
    ServiceSession join(JoinRequest request, TransportPlan plan, MediaStack media, ServiceListener listener);

    /// Whether the cloud answers without any proxy: signalling, and the media side.
    DirectProbe probe(TimeSource time);

    /// Whether the cloud tells which streams there are. If not, whatever is subscribed to counts as there, and is
    /// tried until it comes.
    default boolean announcesStreams() {
        return true;
    }

    /// Asks signalling to connect and a STUN server to answer; without one, nobody knows of the media side.
    static DirectProbe probe(HostPort signalling, Optional<HostPort> stun, TimeSource time) {
        DirectProbe both = DirectProbe.of(signalling, stun.orElse(signalling), time);
        return new DirectProbe() {
            @Override
            public boolean signalling(Attempt attempt) {
                return both.signalling(attempt);
            }

            @Override
            public boolean media(Attempt attempt) {
                return stun.isPresent() && both.media(attempt);
            }
        };
    }
}
