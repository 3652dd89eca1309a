package io.callgate.relay.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.RelayCredential;
import io.callgate.model.Revocation;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import io.callgate.model.Subject;
import io.callgate.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
    private static final Secret OLD = Secret.of("the old secret");
    private static final Secret NEW = Secret.of("the new secret");
    private static final Secret DECOY = Secret.of("decoy");
    private static final AppId DEMO = new AppId("demo");
    private static final Subject BOB = new Subject("bob");
    private static final List<AppState> APPS = List.of(
            TestApps.app("demo", List.of(NEW, OLD), List.of(new StaticUser("alice", Secret.of("pw-a")))),
            TestApps.app("other", List.of(TestApps.SECRET), List.of(new StaticUser("carol", Secret.of("pw-c")))),
            TestApps.app("closed", List.of(), List.of()));

    private final FakeClock clock = new FakeClock();

    private Authenticator authenticator(Revocation... revocations) {
        return new Authenticator(
                TestApps.apps(
                        TestApps.state(APPS, revocations),
                        TestApps.surroundings(TestApps.NO_HOST, TestApps.NO_ALLOCATIONS)),
                clock,
                DECOY);
    }

    private Authenticator.Verdict verdict(Authenticator by, Secret secret, Duration timeToLive) {
        RelayCredential credential =
                RelayCredential.mint(secret, DEMO, BOB, clock.now().plus(timeToLive));
        return by.verify(credential.username(), credential.password());
    }

    @Test
    void bothSecretsOfARotationProveAClient() {
        for (Secret secret : List.of(OLD, NEW)) {
            assertThat(verdict(authenticator(), secret, Duration.ofHours(1)))
                    .isInstanceOfSatisfying(Authenticator.Verdict.Proved.class, proved -> {
                        assertThat(proved.identity().app().id()).isEqualTo(DEMO);
                        assertThat(proved.identity().subject()).isEqualTo(BOB);
                    });
        }
        assertThat(verdict(authenticator(), TestApps.SECRET, Duration.ofHours(1)))
                .isEqualTo(new Authenticator.Verdict.Refused(DropReason.WRONG_PASSWORD));
    }

    @ParameterizedTest(name = "expires in {0} s: {1}")
    @CsvSource({"1, true", "0, false", "-1, false", "-59, false", "172800, true", "176460, true", "176461, false"})
    void expiryIsCheckedExactlyAndBoundedTo49HoursAndAMinuteAhead(long seconds, boolean proves) {
        assertThat(verdict(authenticator(), NEW, Duration.ofSeconds(seconds)) instanceof Authenticator.Verdict.Proved)
                .isEqualTo(proves);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bob",
                ":demo:bob",
                "1799999999:demo",
                "1799999999::bob",
                "-1:demo:bob",
                "+1:demo:bob",
                "01799999999:demo:bob",
                "999999999999:demo:bob",
                "1799999999:demo:bob:x",
                "1799999999:demo:b b",
                "1799999999:de/mo:bob",
                " 1799999999:demo:bob"
            })
    void aNameOfAnotherFormIsMalformed(String name) {
        assertThat(authenticator().verify(name, "x"))
                .isEqualTo(new Authenticator.Verdict.Refused(DropReason.CREDENTIAL_MALFORMED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "closed"})
    void anAppThatIsUnknownOrHasNoSecretProvesNobody(String app) {
        RelayCredential credential = RelayCredential.mint(
                TestApps.SECRET, new AppId(app), BOB, clock.now().plusSeconds(60));

        assertThat(authenticator().verify(credential.username(), credential.password()))
                .isEqualTo(new Authenticator.Verdict.Refused(DropReason.UNKNOWN_APP));
    }

    @Test
    void aStaticUserBelongsToTheAppThatNamesIt() {
        assertThat(authenticator().verify("alice", "pw-a"))
                .isInstanceOfSatisfying(
                        Authenticator.Verdict.Proved.class,
                        proved -> assertThat(proved.identity().app().id()).isEqualTo(DEMO));
        assertThat(authenticator().verify("carol", "pw-c"))
                .isInstanceOfSatisfying(
                        Authenticator.Verdict.Proved.class,
                        proved -> assertThat(proved.identity().app().id()).isEqualTo(new AppId("other")));
        assertThat(authenticator().verify("carol", "pw-a"))
                .isEqualTo(new Authenticator.Verdict.Refused(DropReason.WRONG_PASSWORD));
    }

    @Test
    void aStaticUserThatWasRemovedMeanwhileIsRefused() {
        assertThat(authenticator().claimOf(new StaticUser("gone", Secret.of("x"))))
                .isInstanceOfSatisfying(
                        Authenticator.Claim.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(DropReason.UNKNOWN_APP));
    }

    @Test
    void p22EveryNameHasAsManyPasswordsToCompareWith() {
        for (String name : List.of("mallory", "1:demo:bob", "1799999999:nobody:bob", "carol")) {
            assertThat(authenticator().claim(name).passwords()).as(name).hasSize(2);
        }
    }

    @ParameterizedTest(name = "revoked {0} h ago, expires in {1} h: {2}")
    @CsvSource({"0, 1, false", "0, 48, false", "47, 1, false", "48, 2, true", "49, 1, true", "50, 1, true"})
    void aRevocationStrikesWhatMayBeOlderThanItself(long hoursAgo, long expiresInHours, boolean proves) {
        Instant notBefore = clock.now().minus(Duration.ofHours(hoursAgo));
        Authenticator revoking = authenticator(new Revocation(DEMO, Optional.of(BOB), notBefore));

        assertThat(verdict(revoking, NEW, Duration.ofHours(expiresInHours)) instanceof Authenticator.Verdict.Proved)
                .isEqualTo(proves);
    }

    @Test
    void aRevocationStrikesItsSubjectOrTheWholeAppAndNobodyElse() {
        Authenticator eveOnly = authenticator(new Revocation(DEMO, Optional.of(new Subject("eve")), clock.now()));
        Authenticator all = authenticator(new Revocation(DEMO, Optional.empty(), clock.now()));

        assertThat(verdict(eveOnly, NEW, Duration.ofHours(1))).isInstanceOf(Authenticator.Verdict.Proved.class);
        assertThat(verdict(all, NEW, Duration.ofHours(1)))
                .isEqualTo(new Authenticator.Verdict.Refused(DropReason.REVOKED));
        assertThat(all.verify("alice", "pw-a")).isEqualTo(new Authenticator.Verdict.Refused(DropReason.REVOKED));
        assertThat(all.verify("carol", "pw-c")).isInstanceOf(Authenticator.Verdict.Proved.class);
    }

    @Test
    void aTrustedNetworkHasASubjectForEveryAddress() {
        AppState trusting =
                new AppState(DEMO, List.of(), List.of(Cidr.parse("10.1.0.0/16")), List.of(), Limits.DEFAULT, List.of());
        Authenticator by = new Authenticator(
                TestApps.apps(
                        TestApps.state(List.of(trusting)),
                        TestApps.surroundings(TestApps.NO_HOST, TestApps.NO_ALLOCATIONS)),
                clock,
                DECOY);

        assertThat(by.trusted(IpAddress.parse("10.1.2.3")))
                .map(Identity::subject)
                .contains(new Subject("net@10.1.2.3"));
        assertThat(by.trusted(IpAddress.parse("::ffff:10.1.2.3"))).isPresent();
        assertThat(by.trusted(IpAddress.parse("10.2.2.3"))).isEmpty();
        assertThat(List.of(
                        "2001:db8:1:2:0:5efe:a01:203", // ISATAP
                        "2002:a01:203::1", // 6to4
                        "2001:0:c633:6401::f5fe:fdfc", // Teredo
                        "64:ff9b::a01:203", // NAT64
                        "::a01:203"))
                .as("IPv6 that only claims to be of that network")
                .allSatisfy(
                        text -> assertThat(by.trusted(IpAddress.parse(text))).isEmpty());
    }
}
