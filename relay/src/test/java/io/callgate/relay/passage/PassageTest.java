package io.callgate.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassageTest {
    private static final String LEASE = "a".repeat(16) + "." + "b".repeat(43);
    private static final PassageAnswer OK = PassageAnswer.of(200, Map.of(), Bytes.EMPTY);

    private final List<CompletableFuture<PassageAnswer>> waiting = new ArrayList<>();
    private final Passage passage = new Passage(request -> {
        waiting.add(new CompletableFuture<>());
        return waiting.getLast();
    });

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/leases",
                "POST /v1/leases/LEASE/renew",
                "POST /v1/leases/LEASE/end",
                "POST /v1/leases/LEASE.what-relays-know-it-by/renew",
                "GET /v1/policy?appId=demo",
                "GET /v1/policy",
                "GET /v1/allowlist",
                "GET /v1/allowlist?app=demo&format=a%2Fb"
            })
    void passes(String request) {
        assertThat(find(request)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/leases",
                "POST /v1/leases?x=1",
                "POST /v1/leases/",
                "POST /v1/leases/LEASE",
                "GET /v1/leases/LEASE/renew",
                "POST /v1/leases/LEASE/renew/x",
                "POST /v1/leases/../apps/renew",
                "POST /v1/leases/LEASE%2Frenew",
                "POST /v1/policy",
                "GET /v1/policy/..",
                "GET /v1/policy?x=%zz",
                "GET /v1/policy?x=a b",
                "GET /v1/apps",
                "GET /V1/policy",
                "GET //v1/policy",
                "GET /v1/relays",
                "DELETE /v1/leases",
                "POST /link/join"
            })
    void stopsAllElse(String request) {
        assertThat(find(request)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/", "/v1?x", "/v1/apps", "/v1/leases"})
    void isUnderTheRoot(String target) {
        assertThat(Passage.isUnder(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/check", "/v12", "/x/v1/apps", "v1/apps"})
    void isElsewhere(String target) {
        assertThat(Passage.isUnder(target)).isFalse();
    }

    @Test
    void takesNoHeaderThatSaysWhereAClientIs() {
        PassedRequest request = Passage.find(
                        "POST", "/v1/leases", name -> Optional.of("of " + name), IpAddress.parse("192.0.2.1"))
                .orElseThrow();

        assertThat(request.headers()).containsOnlyKeys("authorization", "content-type", "accept", "if-none-match");
    }

    @Test
    void s11OneNetworkCannotTakeThePlacesOfOthers() {
        for (int i = 0; i < Passage.MOST_OF_ONE_NETWORK; i++) {
            assertThat(pass("192.0.2." + i)).isNotDone();
        }

        assertThat(pass("192.0.2.255").join().status()).isEqualTo(429);
        assertThat(pass("198.51.100.1")).isNotDone();

        waiting.getFirst().complete(OK);
        assertThat(pass("192.0.2.255")).isNotDone();
    }

    @Test
    void s11AllNetworksTogetherHaveALimitToo() {
        for (int i = 0; i < Passage.MOST_UNDER_WAY; i++) {
            assertThat(pass("10." + i / 256 + "." + i % 256 + ".1")).isNotDone();
        }

        assertThat(pass("192.0.2.1").join().status()).isEqualTo(429);

        waiting.forEach(each -> each.complete(OK));
        assertThat(pass("192.0.2.1")).isNotDone();
    }

    @Test
    void aFaultOnTheWayIsAnAnswerAndGivesThePlaceBack() {
        Passage broken = new Passage(request -> {
            throw new IllegalStateException("not our day");
        });
        for (int i = 0; i <= Passage.MOST_OF_ONE_NETWORK; i++) {
            PassageAnswer answer = broken.pass(head("192.0.2.1"), Bytes.EMPTY).join();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(new String(answer.body().toArray(), StandardCharsets.UTF_8))
                    .contains("\"mend\"")
                    .doesNotContain("our day");
        }
    }

    private static Optional<PassedRequest> find(String request) {
        String[] parts = request.replace("LEASE", LEASE).split(" ", 2);
        return Passage.find(parts[0], parts[1], name -> Optional.empty(), IpAddress.parse("192.0.2.1"));
    }

    private CompletableFuture<PassageAnswer> pass(String client) {
        return passage.pass(head(client), Bytes.EMPTY);
    }

    private static PassedRequest head(String client) {
        return Passage.find("POST", "/v1/leases", name -> Optional.empty(), IpAddress.parse(client))
                .orElseThrow();
    }
}
