package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.AppId;
import io.callgate.model.AppUsage;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a run of the check page opens on a relay that opens all of loopback to its own app: TURN between its own
/// two ends, for a minute and 20 MB, and nothing else (decision 0018).
class CheckRunTest {
    private static final int ALLOCATIONS = 6;
    private static final int RUNS_AN_HOUR = 10;
    private static final long VOLUME_BYTES = 20_000_000;
    private static final int CHANNEL = 0x4000;
    private static final int PACKET_BYTES = 1900;
    private static final InetSocketAddress OUTSIDE = new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 5000);

    private final List<TurnClient> clients = new ArrayList<>();
    private RelayFixture relay = RelayFixture.start(new RelayFixture.State().check());
    private TurnClient.Login run = TurnClient.Login.of("none", "yet");

    @BeforeEach
    void begin() {
        run = login(post());
    }

    @AfterEach
    void stop() {
        clients.forEach(TurnClient::close);
        relay.close();
    }

    // -------------------------------------------------------------------------------------------- what it opens

    @Test
    void twoAllocationsOfOneRunTalkToEachOther() {
        TurnClient one = client(run);
        TurnClient other = client(run);
        InetSocketAddress relayedOne = one.allocate();
        InetSocketAddress relayedOther = other.allocate();
        one.bind(CHANNEL, relayedOther);
        other.permit(relayedOne);

        one.sendTo(relayedOther, "there");
        other.sendTo(relayedOne, "and back");

        assertThat(other.receive().text()).isEqualTo("there");
        assertThat(one.receive().text()).isEqualTo("and back");
        assertThat(usage().sessions()).isEqualTo(1);
        assertThat(usage().allocations()).isEqualTo(2);
        assertThat(usage().bytesToPeer()).isEqualTo("there".length() + "and back".length());
    }

    @Test
    void worksOverSeveralLoops() {
        relay.close();
        relay = RelayFixture.start(new RelayFixture.State().check(), 2, RelayFixture.io());
        TurnClient.Login shared = login(post());
        List<InetSocketAddress> relayed = new ArrayList<>();
        for (int i = 0; i < ALLOCATIONS; i++) {
            relayed.add(client(shared).allocate());
        }

        for (int i = 0; i < ALLOCATIONS; i++) {
            TurnClient from = clients.get(i);
            int to = (i + 1) % ALLOCATIONS;
            from.permit(relayed.get(to));
            clients.get(to).permit(relayed.get(i));
            from.sendTo(relayed.get(to), "from " + i);
            assertThat(clients.get(to).receive().text()).isEqualTo("from " + i);
        }
    }

    @Test
    void goesOnUnderAStateThatChanges() {
        TurnClient one = client(run);
        TurnClient other = client(run);
        InetSocketAddress relayedOther = other.allocate();
        InetSocketAddress relayedOne = one.allocate();
        one.bind(CHANNEL, relayedOther);
        other.permit(relayedOne);

        relay.apply(new RelayFixture.State().check().apps(RelayFixture.app("another")));

        one.sendTo(relayedOther, "still there");
        assertThat(other.receive().text()).isEqualTo("still there");
        client(run).allocate();
    }

    // ---------------------------------------------------------------------------------------- what it does not open

    @Test
    void reachesNoPeerButItsOwnAllocations() {
        InetSocketAddress foreign = client(relay.login("bob")).allocate();
        InetSocketAddress otherRun = client(login(post())).allocate();
        TurnClient one = client(run);
        InetSocketAddress own = one.allocate();
        client(run).allocate();
        InetSocketAddress dns = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 53);

        for (InetSocketAddress peer : List.of(foreign, otherRun, dns, relay.v4(), OUTSIDE)) {
            assertThat(errorOf(one.tryBind(CHANNEL, peer))).as("%s", peer).isEqualTo(403);
        }
        assertThat(errorOf(one.tryPermit(OUTSIDE))).isEqualTo(403);

        // The permission is for an address and so for all of the relay's: then it is the port that decides.
        one.permit(own);
        one.sendTo(foreign, "no");
        one.sendTo(otherRun, "no");
        one.sendTo(dns, "no");
        one.settle();
        assertThat(relay.drops(DropReason.FOREIGN_ALLOCATION)).isEqualTo(2 + 2);
        assertThat(usage().bytesToPeer()).isZero();
    }

    @Test
    void anAppThatMayGoAnywhereDoesNotReachARun() {
        InetSocketAddress guest = client(run).allocate();
        TurnClient bob = client(relay.login("bob"));
        bob.allocate();

        assertThat(errorOf(bob.tryBind(CHANNEL, guest))).isEqualTo(403);
    }

    @Test
    void opensNoConnect() {
        try (UdpPeer somewhere = UdpPeer.v4()) {
            for (String target : List.of(
                    "127.0.0.1:" + relay.port(),
                    "127.0.0.1:" + somewhere.address().getPort())) {
                try (Caller caller = caller()) {
                    assertThat(caller.connect(target, Caller.basic(run.userName(), run.password()))
                                    .status())
                            .isEqualTo(407);
                }
            }
        }
        assertThat(relay.drops(DropReason.GUEST_TUNNEL)).isEqualTo(2);
    }

    @Test
    void opensNoSocks() {
        try (Caller caller = caller()) {
            assertThat(caller.socksLogin(run.userName(), run.password())).isFalse();
        }
        assertThat(relay.drops(DropReason.GUEST_TUNNEL)).isOne();
    }

    @Test
    void isNothingThatAnybodyElseCanMake() {
        String invented = run.userName().replaceFirst("check-.*", "check-000000000000000000");

        assertThat(errorOf(client(TurnClient.Login.of(invented, run.password())).tryAllocate()))
                .isEqualTo(401);
        assertThat(errorOf(
                        client(TurnClient.Login.of(run.userName(), "guessed")).tryAllocate()))
                .isEqualTo(401);
    }

    @Test
    void noOperatorHasAnAppOfItsName() {
        assertThatThrownBy(() -> relay.apply(new RelayFixture.State().apps(RelayFixture.app("callgate.check"))))
                .hasMessageContaining("check page's own");
    }

    // ----------------------------------------------------------------------------------------------------- how much

    @Test
    void hasSixAllocations() {
        for (int i = 0; i < ALLOCATIONS; i++) {
            client(run).allocate();
        }

        assertThat(errorOf(client(run).tryAllocate())).isEqualTo(486);
        clients.getFirst().refresh(0);
        client(run).allocate();
    }

    @Test
    void hasTwentyMegabytes() {
        TurnClient one = client(run);
        TurnClient other = client(run);
        InetSocketAddress relayedOther = other.allocate();
        InetSocketAddress relayedOne = one.allocate();
        other.permit(relayedOne);
        one.permit(relayedOther);
        byte[] packet = new byte[PACKET_BYTES];

        long sent = 0;
        while (relay.drops(DropReason.VOLUME_QUOTA) == 0 && sent < VOLUME_BYTES) {
            for (int i = 0; i < 16; i++) {
                one.sendTo(relayedOther, packet);
                sent += packet.length;
            }
            one.settle();
        }

        long used = usage().bytesToPeer() + usage().bytesToClient();
        assertThat(used).isBetween(VOLUME_BYTES - 100_000, VOLUME_BYTES);
        one.sendTo(relayedOther, packet);
        one.settle();
        assertThat(usage().bytesToPeer() + usage().bytesToClient()).isLessThanOrEqualTo(VOLUME_BYTES);
    }

    @Test
    void endsAfterSixtySecondsWithAllThatIsAlive() {
        relay.pass(Duration.ofSeconds(20));
        TurnClient one = client(run);
        Message answer = one.tryAllocate(new Attribute.Lifetime(3600));
        assertThat(answer.find(Attribute.Lifetime.class).orElseThrow().seconds())
                .isEqualTo(40);
        assertThat(one.refresh(3600)).isEqualTo(40);

        relay.pass(Duration.ofSeconds(40));

        assertThat(errorOf(one.request(Method.REFRESH))).isEqualTo(401);
        assertThat(errorOf(client(run).tryAllocate())).isEqualTo(401);
        assertThat(usage().allocations()).isZero();
    }

    @Test
    void hasTenRunsAnHourAndOnlyThose() {
        for (int i = 1; i < RUNS_AN_HOUR; i++) {
            assertThat(post().status()).isEqualTo(200);
        }

        Caller.HttpReply eleventh = post();
        assertThat(eleventh.status()).isEqualTo(429);
        assertThat(Long.parseLong(eleventh.headers().getOrDefault("retry-after", "0")))
                .isBetween(3500L, 3601L);
        assertThat(eleventh.body()).contains("10 runs");
        assertThat(relay.drops(DropReason.CHECK_QUOTA)).isOne();

        relay.pass(Duration.ofHours(1));
        assertThat(post().status()).isEqualTo(200);
    }

    // --------------------------------------------------------------------------------------------- the web server

    @Test
    void switchedOffThereIsNothing() {
        TurnClient one = client(run);
        one.allocate();

        relay.apply(new RelayFixture.State().check());
        assertThat(get("/check").status()).isEqualTo(200);
        RelayFixture.State off = new RelayFixture.State().check().withoutCheck();
        relay.apply(off);

        for (String path : List.of("/", "/check", "/check/check.js", "/check/seen")) {
            assertThat(get(path).status()).as(path).isEqualTo(404);
        }
        assertThat(post().status()).isEqualTo(404);
        assertThat(errorOf(one.request(Method.REFRESH))).isEqualTo(401);
        assertThat(usage().allocations()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 302",
        "GET, /check, 200",
        "GET, /check?lang=zh, 200",
        "GET, /check/check.css, 200",
        "GET, /check/words.js, 200",
        "GET, /check/seen, 200",
        "HEAD, /check, 200",
        "POST, /check, 405",
        "DELETE, /check/check.js, 405",
        "GET, /check/run, 405",
        "GET, /check/, 404",
        "GET, /check/../check, 404",
        "GET, /check/package-info.class, 404",
        "GET, /favicon.ico, 404",
        "OPTIONS, *, 404"
    })
    void answersAsAWebServerDoes(String method, String path, int status) {
        Caller.HttpReply reply = ask(method, path, "");

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.headers()).containsEntry("cache-control", "no-store");
        if (status == 405) {
            assertThat(reply.headers()).containsEntry("allow", path.equals("/check/run") ? "POST" : "GET, HEAD");
        }
        if (status == 302) {
            assertThat(reply.headers()).containsEntry("location", "/check");
        }
    }

    @Test
    void nothingForeignMayRunInThePage() {
        assertThat(get("/check").headers().get("content-security-policy"))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(get("/check").body()).doesNotContain("http://", "https://", "style=", "onclick");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | en",
                "en-GB,en;q=0.9            | en",
                "zh-CN,zh;q=0.9,en;q=0.8   | zh-Hans",
                "en;q=0.7,zh;q=0.8         | zh-Hans",
                "de,fr;q=0.5               | en",
                "zh;q=nonsense             | en"
            })
    void comesInTheLanguageThatTheBrowserAsksFor(String accepted, String language) {
        String header = accepted.isEmpty() ? "" : "Accept-Language: " + accepted + "\r\n";

        assertThat(ask("GET", "/check", header).body()).contains("<html lang=\"" + language + "\">");
        assertThat(ask("GET", "/check?lang=zh", header).body()).contains("<html lang=\"zh-Hans\">");
        assertThat(ask("GET", "/check?lang=en", header).body()).contains("<html lang=\"en\">");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Origin: http://evil.example\r\n",
                "Origin: null\r\n",
                "Origin: http://RELAY\r\nSec-Fetch-Site: cross-site\r\n",
                "Origin: http://RELAY\r\nSec-Fetch-Site: same-site\r\n",
                "Sec-Fetch-Site: same-origin\r\n"
            })
    void givesARunToThePageOnly(String headers) {
        Caller.HttpReply reply = ask("POST", "/check/run", headers.replace("RELAY", authority()));

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).doesNotContain("credential");
        assertThat(relay.drops(DropReason.FOREIGN_ORIGIN)).isOne();
    }

    @Test
    void saysWhereToTryAndWhoAsks() {
        assertThat(post().body())
                .contains("\"you\":\"127.0.0.1\"", "\"relay\":\"127.0.0.1\"")
                .contains("\"ports\":{\"udp\":" + relay.port() + ",\"tcp\":" + relay.port() + "}");
    }

    @Test
    void tellsHowManyStrayUdpPacketsCameFromTheAsker() {
        assertThat(get("/check/seen").body()).contains("\"udpPackets\":0");

        TurnClient one = client(run);
        one.settle();
        one.settle();

        assertThat(get("/check/seen").body()).contains("\"udpPackets\":2");
    }

    @Test
    void aConnectionServesSeveralRequests() {
        try (Caller caller = caller()) {
            for (String path : List.of("/check", "/check/check.js", "/check/words.js", "/nowhere", "/check")) {
                caller.send("GET " + path + " HTTP/1.1\r\nHost: " + authority() + "\r\n\r\n");
                assertThat(caller.httpReply(true).headers()).doesNotContainKey("connection");
            }
            caller.send("POST /check/run HTTP/1.1\r\nHost: " + authority() + "\r\nOrigin: http://" + authority()
                    + "\r\nContent-Length: 0\r\n\r\n");
            assertThat(caller.httpReply(true).status()).isEqualTo(200);
            caller.send("GET /check HTTP/1.1\r\nHost: " + authority() + "\r\nConnection: close\r\n\r\n");
            assertThat(caller.httpReply(true).headers()).containsEntry("connection", "close");
        }
    }

    // --------------------------------------------------------------------------------------------------------- how

    private TurnClient client(TurnClient.Login login) {
        TurnClient client = new TurnClient(relay.v4(), login);
        clients.add(client);
        return client;
    }

    private Caller caller() {
        return new Caller(new Endpoint(IpAddress.parse("127.0.0.1"), relay.port()));
    }

    private String authority() {
        return "127.0.0.1:" + relay.port();
    }

    private Caller.HttpReply post() {
        return ask("POST", "/check/run", "Origin: http://" + authority() + "\r\n");
    }

    private Caller.HttpReply get(String path) {
        return ask("GET", path, "");
    }

    private Caller.HttpReply ask(String method, String path, String headers) {
        try (Caller caller = caller()) {
            caller.send(method + " " + path + " HTTP/1.1\r\nHost: " + authority() + "\r\n" + headers + "\r\n");
            return caller.httpReply(!method.equals("HEAD"));
        }
    }

    private static TurnClient.Login login(Caller.HttpReply reply) {
        return TurnClient.Login.of(value(reply.body(), "username"), value(reply.body(), "credential"));
    }

    private static String value(String json, String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\":\"([^\"]*)\"").matcher(json);
        assertThat(matcher.find()).as(json).isTrue();
        return matcher.group(1);
    }

    private AppUsage usage() {
        return relay.snapshot().usage().apps().stream()
                .filter(app -> app.app().equals(AppId.CHECK))
                .findFirst()
                .orElseGet(() -> new AppUsage(AppId.CHECK, 0, 0, 0, 0, 0, 0, 0));
    }
}
