package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.Secret;
import io.callgate.relay.TurnClient.Challenge;
import io.callgate.relay.TurnClient.Login;
import io.callgate.relay.TurnClient.Style;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Attribute.PasswordAlgorithms;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8489 over UDP: Binding, and the long-term credential mechanism as Allocate meets it.
class AuthenticationTest {
    private final RelayFixture relay = RelayFixture.start(new RelayFixture.State()
            .apps(RelayFixture.withUser(
                    RelayFixture.app("demo", "127.0.0.0/8", "[::1]/128"), "alice", "password-of-alice")));
    private final TurnClient client = relay.client("bob");

    @AfterEach
    void stop() {
        client.close();
        relay.close();
    }

    @Test
    void bindingTellsTheClientItsAddress() {
        Message answer = client.settle();

        assertThat(answer.find(Attribute.XorMappedAddress.class).orElseThrow().address())
                .isEqualTo(TransportAddress.of(client.address()));
    }

    @Test
    void bindingTellsAnIpv6ClientItsAddress() {
        try (TurnClient six = relay.client6("bob")) {
            Message answer = six.settle();

            assertThat(answer.find(Attribute.XorMappedAddress.class)
                            .orElseThrow()
                            .address())
                    .isEqualTo(TransportAddress.of(six.address()));
        }
    }

    @Test
    void bindingWithAnUnknownRequiredAttributeIs420AndNamesIt() {
        Message answer = client.exchange(TurnClient.message(
                MessageClass.REQUEST,
                Method.BINDING,
                TurnClient.newId(),
                new Attribute.Unknown(0x7ABC, Bytes.EMPTY),
                new Attribute.Unknown(0xFABC, Bytes.EMPTY),
                new Attribute.ChangeRequest(true, false)));

        assertThat(errorOf(answer)).isEqualTo(420);
        assertThat(answer.find(Attribute.UnknownAttributes.class).orElseThrow().types())
                .containsExactlyInAnyOrder(0x7ABC, 0x0003);
    }

    @Test
    void answersCarryAFingerprintWhereTheRequestDoes() {
        ByteBuffer memory = ByteBuffer.allocate(100);
        int bytes = MessageEncoder.begin(memory, 0, MessageClass.REQUEST, Method.BINDING, TurnClient.newId())
                .fingerprint()
                .finish();

        Message answer = client.exchange(Arrays.copyOf(memory.array(), bytes));

        assertThat(answer.find(Attribute.Fingerprint.class)).isPresent();
        assertThat(client.settle().find(Attribute.Fingerprint.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Method.ALLOCATE, Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND})
    void aRequestWithoutIntegrityIs401WithRealmNonceAndAlgorithms(int method) {
        Message answer = client.exchange(TurnClient.message(MessageClass.REQUEST, method, TurnClient.newId()));

        assertThat(errorOf(answer)).isEqualTo(401);
        Challenge challenge = Challenge.of(answer);
        assertThat(challenge.realm()).isEqualTo("callgate");
        assertThat(challenge.nonce()).hasSize(29).startsWith("obMatJos2");
        assertThat(challenge.algorithms().orElseThrow().algorithms())
                .containsExactly(PasswordAlgorithm.SHA256, PasswordAlgorithm.MD5);
        assertThat(answer.find(Attribute.Software.class)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Style.class,
            names = {"RFC5389", "RFC8489"})
    void aTimeLimitedCredentialProvesItsClient(Style style) {
        try (TurnClient other = new TurnClient(relay.v4(), relay.login("bob").by(style))) {
            other.allocate();
            other.refresh(0);
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void aStaticUserProvesItselfInEveryStyle(Style style) {
        try (TurnClient alice = new TurnClient(relay.v4(), new Login("alice", "password-of-alice", style))) {
            alice.allocate();
            assertThat(alice.refresh(900)).isEqualTo(900);
        }
    }

    @Test
    void userHashKeepsItsAllocationAfterTheUserIsGone() {
        try (TurnClient alice = new TurnClient(relay.v4(), new Login("alice", "password-of-alice", Style.USERHASH))) {
            alice.allocate();

            relay.apply(new RelayFixture.State());

            assertThat(alice.refresh(900)).isEqualTo(900);
        }
    }

    @Test
    void aStaticUserOfTheSecondAppIsHeldToTheSecondAppsPolicy() {
        relay.apply(new RelayFixture.State()
                .apps(
                        RelayFixture.withUser(RelayFixture.app("demo", "127.0.0.0/8"), "alice", "a"),
                        RelayFixture.withUser(RelayFixture.app("other", "192.0.2.77/32"), "carol", "c")));
        try (TurnClient carol = new TurnClient(relay.v4(), Login.of("carol", "c"));
                UdpPeer peer = UdpPeer.v4()) {
            carol.allocate();

            assertThat(errorOf(carol.tryPermit(peer.address()))).isEqualTo(403);
        }
    }

    @Test
    void aWrongPasswordIs401() {
        try (TurnClient wrong = new TurnClient(relay.v4(), Login.of("alice", "guess"))) {
            assertThat(errorOf(wrong.tryAllocate())).isEqualTo(401);
        }
        assertThat(relay.drops(DropReason.WRONG_PASSWORD)).isEqualTo(1);
    }

    @Test
    void anUnknownUserAppOrSecretIs401AndToldApartOnlyInCounters() {
        List<Login> strangers = List.of(
                Login.of("mallory", "x"),
                relay.login(new AppId("nobody"), RelayFixture.SECRET, "bob", Duration.ofHours(1)),
                relay.login(RelayFixture.DEMO, Secret.of("guess"), "bob", Duration.ofHours(1)),
                relay.login(RelayFixture.DEMO, RelayFixture.SECRET, "bob", Duration.ofHours(-1)),
                relay.login(RelayFixture.DEMO, RelayFixture.SECRET, "bob", Duration.ofHours(51)));
        for (Login login : strangers) {
            try (TurnClient stranger = new TurnClient(relay.v4(), login)) {
                Message answer = stranger.tryAllocate();

                assertThat(errorOf(answer)).isEqualTo(401);
                assertThat(TurnClient.reasonOf(answer)).isEqualTo("Unauthorized");
            }
        }
        assertThat(relay.drops(DropReason.CREDENTIAL_MALFORMED)).isEqualTo(1);
        assertThat(relay.drops(DropReason.UNKNOWN_APP)).isEqualTo(1);
        assertThat(relay.drops(DropReason.WRONG_PASSWORD)).isEqualTo(1);
        assertThat(relay.drops(DropReason.CREDENTIAL_EXPIRED)).isEqualTo(1);
        assertThat(relay.drops(DropReason.CREDENTIAL_TOO_FAR_AHEAD)).isEqualTo(1);
    }

    @Test
    void integrityWithoutUserNameRealmOrNonceIs400() {
        client.settle();
        Challenge challenge = Challenge.of(
                client.exchange(TurnClient.message(MessageClass.REQUEST, Method.ALLOCATE, TurnClient.newId())));
        List<List<Attribute>> incomplete = List.of(
                List.of(new Attribute.Realm(challenge.realm()), new Attribute.Nonce(challenge.nonce())),
                List.of(new Attribute.Username("alice"), new Attribute.Nonce(challenge.nonce())),
                List.of(new Attribute.Username("alice"), new Attribute.Realm(challenge.realm())));
        for (List<Attribute> attributes : incomplete) {
            assertThat(errorOf(client.exchange(sealedSha1(attributes, "alice", "password-of-alice"))))
                    .as("%s", attributes)
                    .isEqualTo(400);
        }
    }

    @Test
    void aNonceIsStaleAfterAnHourAndTheAnswerBringsANewOne() {
        client.allocate(new Attribute.Lifetime(3600));
        relay.pass(Duration.ofMinutes(59));
        assertThat(client.refresh(3600)).isEqualTo(3600);

        relay.pass(Duration.ofMinutes(1));
        Message stale = client.request(Method.REFRESH);
        client.challenge(Challenge.of(stale));

        assertThat(errorOf(stale)).isEqualTo(438);
        assertThat(client.refresh(600)).isEqualTo(600);
    }

    @Test
    void aNonceIsGoodForAnotherConnectionFromTheSameAddress() {
        client.allocate(new Attribute.Lifetime(600));
        try (TurnClient other = new TurnClient(relay.v4(), Login.of("alice", "password-of-alice"))) {
            byte[] proven = other.signed(
                    client.challenge(), Method.ALLOCATE, TurnClient.newId(), TurnClient.allocateAttributes());

            assertThat(other.exchange(proven).type()).isEqualTo(MessageClass.SUCCESS);
        }
    }

    @Test
    void aShortenedOrReorderedAlgorithmListIsABidDownAndIs400() {
        try (TurnClient modern = new TurnClient(relay.v4(), relay.login("bob").by(Style.RFC8489))) {
            modern.signed(Method.ALLOCATE, TurnClient.newId());
            Challenge honest = modern.challenge();
            List<PasswordAlgorithms> forged = List.of(
                    new PasswordAlgorithms(List.of(PasswordAlgorithm.SHA256)),
                    new PasswordAlgorithms(List.of(PasswordAlgorithm.MD5, PasswordAlgorithm.SHA256)));
            for (PasswordAlgorithms list : forged) {
                byte[] request = modern.signed(
                        new Challenge(honest.realm(), honest.nonce(), Optional.of(list)),
                        Method.ALLOCATE,
                        TurnClient.newId(),
                        TurnClient.allocateAttributes());

                assertThat(errorOf(modern.exchange(request))).isEqualTo(400);
            }
        }
    }

    @Test
    void oneOfPasswordAlgorithmAndPasswordAlgorithmsAloneIs400() {
        client.signed(Method.ALLOCATE, TurnClient.newId());
        Challenge challenge = client.challenge();
        List<Attribute> lonely =
                List.of(PasswordAlgorithm.MD5, challenge.algorithms().orElseThrow());
        for (Attribute alone : lonely) {
            List<Attribute> attributes = List.of(
                    new Attribute.RequestedTransport(17),
                    alone,
                    new Attribute.Username("alice"),
                    new Attribute.Realm(challenge.realm()),
                    new Attribute.Nonce(challenge.nonce()));

            assertThat(errorOf(client.exchange(sealedSha1(attributes, "alice", "password-of-alice"))))
                    .isEqualTo(400);
        }
    }

    @Test
    void aNonceWhoseSecurityFeaturesWereStrippedIs438() {
        client.signed(Method.ALLOCATE, TurnClient.newId());
        Challenge honest = client.challenge();
        String stripped = "obMatJos2AAAA" + honest.nonce().substring(13);

        byte[] request = client.signed(
                new Challenge(honest.realm(), stripped, Optional.empty()),
                Method.ALLOCATE,
                TurnClient.newId(),
                TurnClient.allocateAttributes());

        assertThat(errorOf(client.exchange(request))).isEqualTo(438);
    }

    @Test
    void aTruncatedSha256IntegrityOf16BytesIsAccepted() {
        client.signed(Method.ALLOCATE, TurnClient.newId());
        Challenge challenge = client.challenge();
        ByteBuffer memory = ByteBuffer.allocate(1000);
        MessageEncoder encoder =
                MessageEncoder.begin(memory, 0, MessageClass.REQUEST, Method.ALLOCATE, TurnClient.newId());
        encoder.add(new Attribute.RequestedTransport(17))
                .add(new Attribute.Username("alice"))
                .add(new Attribute.Realm(challenge.realm()))
                .add(new Attribute.Nonce(challenge.nonce()))
                .integritySha256(Integrity.longTermKeyMd5("alice", challenge.realm(), "password-of-alice"), 16);
        byte[] request = Arrays.copyOf(memory.array(), encoder.finish());

        client.send(request);
        Message answer = TurnClient.decode(client.receiveRaw());

        assertThat(errorOf(answer)).isZero();
        assertThat(answer.find(Attribute.MessageIntegritySha256.class)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {Method.CONNECT, Method.CONNECTION_BIND, 0x0FF})
    void anUnknownMethodIsDroppedSilently(int method) {
        client.send(TurnClient.message(MessageClass.REQUEST, method, TurnClient.newId()));

        client.settle();

        assertThat(relay.drops(DropReason.UNEXPECTED_MESSAGE)).isEqualTo(1);
    }

    private static byte[] sealedSha1(List<Attribute> attributes, String user, String password) {
        ByteBuffer memory = ByteBuffer.allocate(1000);
        MessageEncoder encoder =
                MessageEncoder.begin(memory, 0, MessageClass.REQUEST, Method.ALLOCATE, TurnClient.newId());
        attributes.forEach(encoder::add);
        encoder.integrity(Integrity.longTermKeyMd5(user, "callgate", password));
        return Arrays.copyOf(memory.array(), encoder.finish());
    }
}
