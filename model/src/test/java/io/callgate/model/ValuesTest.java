package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The small records: what they refuse, and that secrets stay out of every text form.
class ValuesTest {
    private static final AppId DEMO = new AppId("demo");

    @Test
    void aSecretIsNeverPrinted() {
        Secret secret = Secret.of("hunter2hunter2");
        AppState app = new AppState(
                DEMO, List.of(secret), List.of(), List.of(), Limits.DEFAULT, List.of(new StaticUser("alice", secret)));
        DesiredState state = state(List.of(listener("0.0.0.0", 443)), "callgate", List.of(app));

        assertThat(secret).hasToString("Secret[hidden]");
        assertThat(state.toString()).contains("Secret[hidden]").doesNotContain("hunter2");
    }

    @Test
    void aSecretIsItsContentAndKeepsItToItself() {
        byte[] content = {1, 2, 3};
        Secret secret = Secret.of(content);
        content[0] = 9;
        secret.bytes()[1] = 9;

        assertThat(secret).isEqualTo(Secret.of(new byte[] {1, 2, 3})).isNotEqualTo(Secret.of(new byte[] {1, 2}));
        assertThat(secret.hashCode()).isEqualTo(Secret.of(new byte[] {1, 2, 3}).hashCode());
        assertThatThrownBy(() -> Secret.of("")).hasMessageContaining("empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a b", "ü", "a\n", "a%n/", "'; drop table apps; --"})
    void s19_namesTakeNothingThatInjects(String name) {
        assertThatThrownBy(() -> new AppId(name)).hasMessageContaining("\"" + name + "\"");
        assertThatThrownBy(() -> new Subject(name)).hasMessageContaining("\"" + name + "\"");
    }

    @Test
    void portRangesKnowTheirBounds() {
        assertThat(PortRange.parse("1-65535")).isEqualTo(PortRange.ALL);
        assertThat(PortRange.parse("443")).hasToString("443");
        assertThat(PortRange.parse("10-12").contains(12)).isTrue();
        assertThat(PortRange.parse("10-12").contains(13)).isFalse();
        assertThat(PortRange.parse("10-12").size()).isEqualTo(3);
        for (String wrong : List.of("", "-", "1-", "-1", "0", "65536", "2-1", "1-2-3", "+1", "1 ", "٤")) {
            assertThatThrownBy(() -> PortRange.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void listenersMeetThroughWildcards() {
        assertThat(listener("0.0.0.0", 443).overlaps(listener("192.0.2.1", 443)))
                .isTrue();
        assertThat(listener("0.0.0.0", 443).overlaps(listener("::", 443))).isFalse();
        assertThat(listener("192.0.2.1", 443).overlaps(listener("192.0.2.2", 443)))
                .isFalse();
        assertThat(listener("192.0.2.1", 443).overlaps(listener("192.0.2.1", 444)))
                .isFalse();
        ListenerState tcp =
                new ListenerState(IpAddress.parse("192.0.2.1"), List.of(PortRange.of(443)), Set.of(Protocol.TCP));
        ListenerState udp =
                new ListenerState(IpAddress.parse("192.0.2.1"), List.of(PortRange.of(443)), Set.of(Protocol.UDP));
        assertThat(tcp.overlaps(udp)).isFalse();
    }

    @Test
    void aDesiredStateIsWholeOrNothing() {
        ListenerState listener = listener("192.0.2.1", 443);
        AppState app = new AppState(DEMO, List.of(), List.of(), List.of(), Limits.DEFAULT, List.of());

        assertThatThrownBy(() -> state(List.of(), "callgate", List.of())).hasMessageContaining("without a listener");
        assertThatThrownBy(() -> state(List.of(listener, listener), "callgate", List.of()))
                .hasMessageContaining("listeners 1 and 2 overlap");
        assertThatThrownBy(() -> state(List.of(listener), "r".repeat(25), List.of()))
                .hasMessageContaining("has 25 characters");
        assertThatThrownBy(() -> state(List.of(listener), "say \"hi\"", List.of()))
                .hasMessageContaining("double quotes");
        assertThatThrownBy(() -> state(List.of(listener), "callgate", List.of(app, app)))
                .hasMessageContaining("demo is there twice");
    }

    @Test
    void anAppHasAtMostTwoSecretsAndEachUserOnce() {
        Secret secret = Secret.of("s");
        StaticUser alice = new StaticUser("alice", secret);

        assertThatThrownBy(() -> new AppState(
                        DEMO, List.of(secret, secret, secret), List.of(), List.of(), Limits.DEFAULT, List.of()))
                .hasMessageContaining("3 secrets");
        assertThatThrownBy(() ->
                        new AppState(DEMO, List.of(), List.of(), List.of(), Limits.DEFAULT, List.of(alice, alice)))
                .hasMessageContaining("\"alice\" twice");
        assertThatThrownBy(() -> new StaticUser("a:b", secret))
                .hasMessageContaining("user name")
                .hasMessageContaining("a:b");
        assertThatThrownBy(() -> new StaticUser("a", Secret.of("b:c")))
                .hasMessageContaining("has a colon")
                .hasMessageNotContaining("b:c");
    }

    @Test
    void aRelayAddressIsOneFamilyAndNoWildcard() {
        assertThatThrownBy(() -> new RelayAddress(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")))
                .hasMessageContaining("one family");
        assertThatThrownBy(() -> RelayAddress.of(IpAddress.ANY_V4)).hasMessageContaining("wildcard");
    }

    @Test
    void aRevocationConcernsItsSubjectOrAll() {
        Revocation all = new Revocation(DEMO, Optional.empty(), Instant.EPOCH);
        Revocation alice = new Revocation(DEMO, Optional.of(new Subject("alice")), Instant.EPOCH);

        assertThat(all.concerns(DEMO, new Subject("bob"))).isTrue();
        assertThat(alice.concerns(DEMO, new Subject("alice"))).isTrue();
        assertThat(alice.concerns(DEMO, new Subject("bob"))).isFalse();
        assertThat(all.concerns(new AppId("other"), new Subject("bob"))).isFalse();
    }

    private static ListenerState listener(String address, int port) {
        return new ListenerState(
                IpAddress.parse(address), List.of(PortRange.of(port)), Set.of(Protocol.UDP, Protocol.TCP));
    }

    private static DesiredState state(List<ListenerState> listeners, String realm, List<AppState> apps) {
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                listeners,
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                realm,
                apps,
                List.of(),
                List.of(),
                true,
                Optional.empty());
    }

    @Test
    void everyErrorHasANumberOfItsOwn() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number)).doesNotHaveDuplicates();
        assertThat(ErrorCode.values())
                .allSatisfy(code -> assertThat(ErrorCode.of(code.number())).contains(code));
        assertThat(ErrorCode.of(41999)).isEmpty();
    }
}
