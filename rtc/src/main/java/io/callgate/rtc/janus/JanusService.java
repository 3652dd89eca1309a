package io.callgate.rtc.janus;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.HostPort;
import io.callgate.model.TimeSource;
import io.callgate.rtc.http.PlannedHttp;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.transport.TransportPlan;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/// A Janus with the VideoRoom plugin.
///
/// ```java
/// RtcService cloud = JanusService.at("wss://sfu.example.com:8989/", time)
///         .withStun("sfu.example.com:3478");      // beside it: whether the direct way is open
/// ```
///
/// A channel is a room: its number if it is one, else a number made of its name ([#roomOf]). A room that is
/// not there is made, unless [#withoutMakingRooms]. The user goes into the `display`, where other clients
/// see it; the id of a feed is Janus's own choice, so that a user can come back before Janus has noticed
/// that they were gone. With `reclaim_session_timeout` in `janus.jcfg` above 0 a call that moves keeps its
/// session; without, it enters the room again, and others see its stream end and begin.
public final class JanusService implements RtcService {
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final URI url;
    private final TimeSource time;
    private final Options options;

    /// @param stun beside Janus, also for ICE while direct
    /// @param tls whom to trust for `wss`; the system's authorities if empty
    /// @param sendsToken whether the user's token is the room's too
    /// @param patience how long an answer may take; then the WebSocket is given up
    record Options(
            boolean makesRooms,
            boolean sendsToken,
            Optional<HostPort> stun,
            Optional<PlannedHttp.Tls> tls,
            Duration patience) {}

    private JanusService(URI url, TimeSource time, Options options) {
        this.url = url;
        this.time = time;
        this.options = options;
    }

    /// @param url `ws://…` or `wss://…`
    /// @throws IllegalArgumentException if it is something else
    public static JanusService at(String url, TimeSource time) {
        URI parsed = URI.create(url);
        String scheme = String.valueOf(parsed.getScheme()).toLowerCase(Locale.ROOT);
        boolean isWebSocket = scheme.equals("ws") || scheme.equals("wss");
        if (!isWebSocket || parsed.getHost() == null) {
            throw new IllegalArgumentException("\"" + url + "\": want ws://host:port/ or wss://host:port/");
        }
        return new JanusService(parsed, time, new Options(true, false, Optional.empty(), Optional.empty(), PATIENCE));
    }

    public JanusService withStun(String hostAndPort) {
        HostPort stun = HostPort.parse(hostAndPort, 3478);
        return with(new Options(
                options.makesRooms(), options.sendsToken(), Optional.of(stun), options.tls(), options.patience()));
    }

    /// A room that is not there is an error then.
    public JanusService withoutMakingRooms() {
        return with(new Options(false, options.sendsToken(), options.stun(), options.tls(), options.patience()));
    }

    /// The user's token goes to the room too: for rooms that were made with `allowed`.
    public JanusService withRoomTokens() {
        return with(new Options(options.makesRooms(), true, options.stun(), options.tls(), options.patience()));
    }

    /// Whom to trust for `wss`, where that is not the system's authorities.
    public JanusService withTls(SSLSocketFactory sockets, X509TrustManager trust) {
        Options changed = new Options(
                options.makesRooms(),
                options.sendsToken(),
                options.stun(),
                Optional.of(new PlannedHttp.Tls(sockets, trust)),
                options.patience());
        return with(changed);
    }

    /// For tests, which do not wait so long.
    JanusService withPatience(Duration patience) {
        return with(new Options(options.makesRooms(), options.sendsToken(), options.stun(), options.tls(), patience));
    }

    private JanusService with(Options changed) {
        return new JanusService(url, time, changed);
    }

    /// The number of a channel's room: the same for everybody who knows the name.
    public static long roomOf(String channel) {
        if (channel.matches("[1-9][0-9]{0,14}")) {
            return Long.parseLong(channel);
        }
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (int i = 0; i < channel.length(); i++) {
            hash = (hash ^ channel.charAt(i)) * 0x100000001b3L;
        }
        return (hash & 0xFFFF_FFFF_FFFFL) + 1; // JavaScript must be able to say it
    }

    @Override
    public ServiceSession join(JoinRequest request, TransportPlan plan, MediaStack media, ServiceListener listener) {
        JanusRoom room = new JanusRoom(new JanusSockets(url, time, options), options, request, media, listener);
        try {
            room.enter(plan);
            return room;
        } catch (RuntimeException e) {
            room.close();
            throw e;
        }
    }

    @Override
    public DirectProbe probe(TimeSource probeTime) {
        int port = url.getPort() > 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("ws") ? 80 : 443;
        return RtcService.probe(new HostPort(url.getHost(), port), options.stun(), probeTime);
    }
}
