package io.callgate.client;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.RelayProbe;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.io.IOException;
import java.net.Socket;

/// Whether the service can be reached without a proxy. Both methods block until they know, or the attempt is
/// over; they run on two threads at once. Asked before the direct way is taken, and every five seconds while
/// it is in use: closed twice in a row it is lost.
public interface DirectProbe {
    /// Whether signalling connects.
    boolean signalling(Attempt attempt);

    /// Whether the media side answers: a firewall that passes HTTPS and drops UDP is the common case.
    boolean media(Attempt attempt);

    /// Connects to that host by TCP, and asks that STUN server by UDP.
    static DirectProbe of(HostPort signalling, HostPort stun, TimeSource time) {
        return new DirectProbe() {
            @Override
            public boolean signalling(Attempt attempt) {
                try (Socket socket = Dialer.direct().dial(signalling, attempt)) {
                    return socket.isConnected();
                } catch (PathException | IOException e) {
                    return false;
                }
            }

            @Override
            public boolean media(Attempt attempt) {
                Entrance entrance = new Entrance(stun, Transport.UDP, Trust.system());
                try (RelayProbe probe = RelayProbe.open(entrance, Dialer.direct(), time, attempt)) {
                    probe.ping(attempt);
                    return true;
                } catch (PathException e) {
                    return false;
                }
            }
        };
    }
}
