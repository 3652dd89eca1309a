package io.callgate.rtc.live;

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
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/// A live streaming cloud that is spoken to by WHIP and WHEP.
///
/// ```java
/// RtcService live = LiveService.at(
///         "https://live.example.com/whip/{stream}", "https://live.example.com/whep/{stream}", time);
/// RtcEngine engine = RtcEngine.builder(time)
///         .service(live)
///         .media(media)
///         .proxy(() -> CloudProxy.builder(time).entry("proxy.example.com"))
///         .build();
/// engine.join(JoinRequest.of("any", "alice", token));        // the token is the `Bearer` of each request
/// engine.publish(Publication.of(microphone, camera).named("show"));
/// engine.subscribe("show", sinks);                           // in another engine; tried until it is there
/// ```
///
/// There is no room: joining asks nothing of the cloud, nobody is told of others, and the channel's name is not
/// used. A server that answers an offer of WHEP with one of its own (406) is understood. When the way changes,
/// each stream is set up anew by the new one.
public final class LiveService implements RtcService {
    private static final String STREAM = "{stream}";

    private final String publishUrl;
    private final String playUrl;
    private final TimeSource time;
    private final Optional<HostPort> stun;
    private final Optional<PlannedHttp.Tls> tls;

    private LiveService(
            String publishUrl,
            String playUrl,
            TimeSource time,
            Optional<HostPort> stun,
            Optional<PlannedHttp.Tls> tls) {
        this.publishUrl = publishUrl;
        this.playUrl = playUrl;
        this.time = time;
        this.stun = stun;
        this.tls = tls;
    }

    /// @param publishUrl of WHIP, with `{stream}` where the name belongs
    /// @param playUrl the same of WHEP
    /// @throws IllegalArgumentException if one is not `http` or `https`, or has no such place
    public static LiveService at(String publishUrl, String playUrl, TimeSource time) {
        check(publishUrl);
        check(playUrl);
        return new LiveService(publishUrl, playUrl, time, Optional.empty(), Optional.empty());
    }

    private static void check(String url) {
        String scheme = String.valueOf(sample(url).getScheme()).toLowerCase(Locale.ROOT);
        boolean isHttp = scheme.equals("http") || scheme.equals("https");
        if (!isHttp || sample(url).getHost() == null || !url.contains(STREAM)) {
            throw new IllegalArgumentException("\"" + url + "\": want https://host/path/" + STREAM);
        }
    }

    private static URI sample(String url) {
        return URI.create(url.replace(STREAM, "x"));
    }

    /// A STUN server beside the cloud: whether the direct way is open, and for ICE while direct.
    public LiveService withStun(String hostAndPort) {
        return new LiveService(publishUrl, playUrl, time, Optional.of(HostPort.parse(hostAndPort, 3478)), tls);
    }

    /// Whom to trust for `https`, where that is not the system's authorities.
    public LiveService withTls(SSLSocketFactory sockets, X509TrustManager trust) {
        return new LiveService(publishUrl, playUrl, time, stun, Optional.of(new PlannedHttp.Tls(sockets, trust)));
    }

    @Override
    public ServiceSession join(JoinRequest request, TransportPlan plan, MediaStack media, ServiceListener listener) {
        PlannedHttp http = new PlannedHttp(sample(publishUrl).getHost(), time, tls);
        LiveHttp exchange = new LiveHttp(http, request.token().orElse(""));
        LiveResource.Setup setup = new LiveResource.Setup(exchange, media, stun, time::nanos, listener::onMediaLost);
        return new LiveSession(setup, publishUrl, playUrl, request.user(), plan);
    }

    /// The URL of one stream: its name is a segment of the path, whatever it holds.
    static String url(String template, String stream) {
        return template.replace(STREAM, PathSegment.encoded(stream));
    }

    @Override
    public boolean announcesStreams() {
        return false;
    }

    @Override
    public DirectProbe probe(TimeSource probeTime) {
        URI url = sample(publishUrl);
        int port = url.getPort() > 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("http") ? 80 : 443;
        return RtcService.probe(new HostPort(url.getHost(), port), stun, probeTime);
    }
}
