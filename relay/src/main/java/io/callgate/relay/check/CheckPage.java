package io.callgate.relay.check;

import io.callgate.model.DesiredState;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.RelayCredential;
import io.callgate.model.TimeSource;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.CheckRuns;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.tls.RecentHandshakes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// Answers what is asked of the relay as a web server:
///
/// | request | answer |
/// |---|---|
/// | `GET /` | on to `/check` |
/// | `GET /check` and its files | the page |
/// | `POST /check/run` | a credential for one run, and where to try it |
/// | `GET /check/seen` | what the relay saw of the asking address meanwhile |
///
/// All else is 404, and so is everything while the desired state has `check: false`.
public final class CheckPage {
    private static final String PAGE = "/check";
    private static final String RUN = "/check/run";
    private static final String SEEN = "/check/seen";
    private static final String JSON = "application/json";

    private final Apps apps;
    private final RecentHandshakes handshakes;
    private final TimeSource time;

    public CheckPage(Apps apps, RecentHandshakes handshakes, TimeSource time) {
        this.apps = apps;
        this.handshakes = handshakes;
        this.time = time;
    }

    public CheckAnswer answer(CheckRequest request) {
        String path = request.path();
        if (!apps.state().check()) {
            return nothingHere();
        }
        return switch (path) {
            case "/" -> reading(request, this::toPage);
            case PAGE -> reading(request, it -> PageFiles.page(prefersChinese(it)));
            case SEEN -> reading(request, this::seen);
            case RUN -> request.method().equals("POST") ? run(request) : wrongMethod("POST");
            default ->
                PageFiles.find(path).map(file -> reading(request, it -> file)).orElseGet(CheckPage::nothingHere);
        };
    }

    private CheckAnswer reading(CheckRequest request, Function<CheckRequest, CheckAnswer> answer) {
        boolean isReading = request.method().equals("GET") || request.method().equals("HEAD");
        return isReading ? answer.apply(request) : wrongMethod("GET, HEAD");
    }

    private CheckAnswer toPage(CheckRequest request) {
        return CheckAnswer.of(302, "text/plain; charset=utf-8", new byte[0], Map.of("location", PAGE));
    }

    /// The switch on the page writes `?lang=` into its address; else the browser's first language decides.
    private static boolean prefersChinese(CheckRequest request) {
        String asked = "&" + request.query() + "&";
        if (asked.contains("&lang=zh&") || asked.contains("&lang=en&")) {
            return asked.contains("&lang=zh&");
        }
        return AcceptLanguage.prefersChinese(
                request.header().apply("accept-language").orElse(""));
    }

    // -------------------------------------------------------------------------------------------------- the questions

    /// POST, so that nothing fetches one ahead or keeps it; and only for the page itself.
    private CheckAnswer run(CheckRequest request) {
        if (!isFromThePage(request)) {
            return CheckAnswer.refused(
                    403,
                    DropReason.FOREIGN_ORIGIN,
                    "only the check page itself, opened from this relay, may begin a run",
                    Map.of());
        }
        return switch (apps.checkRuns().begin(request.client(), time.now(), time.nanos())) {
            case CheckRuns.Beginning.Begun begun -> json(describe(request, begun.credential()));
            case CheckRuns.Beginning.Refused refused -> {
                long seconds = Math.max(1, refused.retryAfter().toSeconds() + 1);
                yield CheckAnswer.refused(
                        429,
                        DropReason.CHECK_QUOTA,
                        "your network has had " + CheckRuns.RUNS_AN_HOUR
                                + " runs of this page within an hour, or the relay is busy with others; try again in "
                                + seconds + " seconds",
                        Map.of("retry-after", Long.toString(seconds)));
            }
        };
    }

    /// A browser says where a POST comes from in `Origin`; newer ones, where the page is trusted, in
    /// `Sec-Fetch-Site` too.
    private static boolean isFromThePage(CheckRequest request) {
        Optional<String> site = request.header().apply("sec-fetch-site");
        if (site.isPresent() && !site.get().equals("same-origin")) {
            return false;
        }
        String origin = request.header().apply("origin").orElse("");
        String authority = request.authority().toLowerCase(Locale.ROOT);
        return !authority.isEmpty() && (origin.equals("http://" + authority) || origin.equals("https://" + authority));
    }

    private String describe(CheckRequest request, RelayCredential credential) {
        Endpoint local = request.local();
        StringBuilder text = new StringBuilder("{\"username\":\"" + credential.username() + "\",\"credential\":\""
                + credential.password() + "\",\"seconds\":" + CheckRuns.LIFE.toSeconds() + ",\"relay\":\""
                + publicAddress(local.address()) + "\",\"you\":\"" + request.client() + "\",\"ports\":{");
        udpPort(local).ifPresent(port -> text.append("\"udp\":").append(port).append(','));
        if (apps.state().tls().isPresent()) {
            text.append("\"tls\":").append(local.port()).append(',');
        }
        return text.append("\"tcp\":").append(local.port()).append("}}").toString();
    }

    private CheckAnswer seen(CheckRequest request) {
        CheckRuns.Sighting sighting = apps.checkRuns().sightingOf(request.client(), time.nanos());
        return json("{\"udpPackets\":" + sighting.udpPackets() + ",\"tls\":\""
                + tlsSeen(handshakes.of(request.client(), sighting.since())) + "\"}");
    }

    /// A refusal says most: the browser whose user let the page's certificate pass refuses it for a call.
    private static String tlsSeen(RecentHandshakes.Recent recent) {
        if (recent.certificateRefused()) {
            return "untrusted";
        }
        return recent.completed() ? "done" : "none";
    }

    /// The UDP port beside the TCP port that the page came by, else any of the same address.
    private OptionalInt udpPort(Endpoint local) {
        OptionalInt other = OptionalInt.empty();
        for (ListenerState listener : apps.state().listeners()) {
            IpAddress on = listener.address();
            boolean isThere = on.equals(local.address())
                    || (on.isWildcard() && on.isV4() == local.address().isV4());
            if (!isThere || !listener.protocols().contains(Protocol.UDP)) {
                continue;
            }
            for (PortRange range : listener.ports()) {
                if (range.contains(local.port())) {
                    return OptionalInt.of(local.port());
                }
                other = other.isPresent() ? other : OptionalInt.of(range.first());
            }
        }
        return other;
    }

    private IpAddress publicAddress(IpAddress local) {
        DesiredState state = apps.state();
        return state.relayAddresses().stream()
                .filter(address -> address.bind().equals(local))
                .map(RelayAddress::publicAddress)
                .findFirst()
                .orElse(local);
    }

    // -------------------------------------------------------------------------------------------------------- answers

    private static CheckAnswer json(String text) {
        return CheckAnswer.of(200, JSON, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    private static CheckAnswer wrongMethod(String allowed) {
        return CheckAnswer.refused(
                405, DropReason.UNEXPECTED_MESSAGE, "only " + allowed + " here", Map.of("allow", allowed));
    }

    private static CheckAnswer nothingHere() {
        return CheckAnswer.refused(404, DropReason.UNEXPECTED_MESSAGE, "nothing here", Map.of());
    }
}
