package io.callgate.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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
            admitted("192.0.2." + i);
        }

        assertThat(refused("192.0.2.255").status()).isEqualTo(429);
        admitted("198.51.100.1");
    }

    @Test
    void s11AllNetworksTogetherHaveALimitToo() {
        List<Passage.Place> places = new ArrayList<>();
        for (int i = 0; i < Passage.MOST_PLACES; i++) {
            places.add(admitted("10." + i / 256 + "." + i % 256 + ".1"));
        }

        assertThat(refused("192.0.2.1").status()).isEqualTo(503);

        places.getFirst().giveBack();
        admitted("192.0.2.1");
    }

    @Test
    void bodiesThatAreSlowToComeKeepNobodyFromControl() {
        for (int i = 0; i < Passage.MOST_UNDER_WAY; i++) {
            admitted("10." + i / 256 + "." + i % 256 + ".1");
        }

        assertThat(admitted("192.0.2.1").pass(Bytes.EMPTY)).isNotDone();
        assertThat(waiting).hasSize(1);
    }

    @Test
    void ofThoseThatWaitForControlThereAreSoManyAndNoMore() {
        List<Passage.Place> places = new ArrayList<>();
        for (int i = 0; i < Passage.MOST_UNDER_WAY; i++) {
            places.add(admitted("10." + i / 256 + "." + i % 256 + ".1"));
            places.getLast().pass(Bytes.EMPTY);
        }

        PassageAnswer busy = admitted("192.0.2.1").pass(Bytes.EMPTY).join();

        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.refusal()).contains(DropReason.PASSAGE_BUSY);
        assertThat(waiting).hasSize(Passage.MOST_UNDER_WAY);
        places.getFirst().giveBack();
        assertThat(admitted("192.0.2.1").pass(Bytes.EMPTY)).isNotDone();
    }

    @Test
    void aPlaceIsFreeAgainWhenItsRequestIsAnswered() {
        List<Passage.Place> places = allOf("192.0.2.1");
        CompletableFuture<PassageAnswer> answer = places.getFirst().pass(Bytes.EMPTY);
        refused("192.0.2.1");

        waiting.getFirst().complete(OK);

        assertThat(answer).isCompletedWithValue(OK);
        admitted("192.0.2.1");
    }

    @Test
    void aPlaceThatIsGivenBackCallsItsRequestOffAndIsFreeOnce() {
        List<Passage.Place> places = allOf("192.0.2.1");
        places.getFirst().pass(Bytes.EMPTY);

        places.getFirst().giveBack();
        places.getFirst().giveBack();

        assertThat(waiting.getFirst()).isCancelled();
        admitted("192.0.2.1");
        refused("192.0.2.1");
    }

    @Test
    void aFaultOnTheWayIsAnAnswerAndGivesThePlaceBack() {
        Passage broken = new Passage(request -> {
            throw new IllegalStateException("not our day");
        });
        for (int i = 0; i <= Passage.MOST_OF_ONE_NETWORK; i++) {
            PassageAnswer answer =
                    admitted(broken, "192.0.2.1").pass(Bytes.EMPTY).join();
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

    private List<Passage.Place> allOf(String client) {
        return Stream.generate(() -> admitted(client))
                .limit(Passage.MOST_OF_ONE_NETWORK)
                .toList();
    }

    private Passage.Place admitted(String client) {
        return admitted(passage, client);
    }

    private static Passage.Place admitted(Passage passage, String client) {
        if (passage.admit(head(client)) instanceof Passage.Admission.Admitted admitted) {
            return admitted.place();
        }
        throw new AssertionError("no place for " + client);
    }

    private PassageAnswer refused(String client) {
        if (passage.admit(head(client)) instanceof Passage.Admission.Refused refused) {
            assertThat(refused.answer().refusal()).contains(DropReason.PASSAGE_BUSY);
            return refused.answer();
        }
        throw new AssertionError("a place for " + client);
    }

    private static PassedRequest head(String client) {
        return Passage.find("POST", "/v1/leases", name -> Optional.empty(), IpAddress.parse(client))
                .orElseThrow();
    }
}
