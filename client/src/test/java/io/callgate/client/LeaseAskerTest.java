package io.callgate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.model.AppId;
import io.callgate.model.Candidate;
import io.callgate.model.Endpoint;
import io.callgate.model.ErrorCode;
import io.callgate.model.Geofence;
import io.callgate.model.IpAddress;
import io.callgate.model.Lease;
import io.callgate.model.LeaseRequest;
import io.callgate.model.ModePolicy;
import io.callgate.model.Region;
import io.callgate.model.RelayCredential;
import io.callgate.model.RequestedMode;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a lease may lead to, whatever control says.
class LeaseAskerTest {
    private static final TimeSource TIME = new TimeSource() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    private static LeaseAsker asker(Geofence regions) {
        return asker(regions, Optional.empty());
    }

    private static LeaseAsker asker(Geofence regions, Optional<AppId> app) {
        LeaseRequest request = new LeaseRequest(
                new Subject("alice"),
                Optional.empty(),
                regions,
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                OptionalLong.empty());
        LeaseClient control =
                new LeaseClient(List.of(new HostPort("192.0.2.1", 443)), Trust.system(), Dialer.direct(), TIME);
        return new LeaseAsker(
                control, new LeaseClient.Claim(app, Optional.empty(), () -> ""), request, Optional.empty());
    }

    private static Lease lease(String... regions) {
        List<Candidate> candidates = Stream.of(regions)
                .map(region -> new Candidate(
                        "relay",
                        new Region(region),
                        new Endpoint(IpAddress.parse("192.0.2.7"), 443),
                        Transport.UDP,
                        1,
                        Optional.empty(),
                        Optional.empty()))
                .toList();
        return new Lease(
                "lease",
                Instant.EPOCH,
                candidates,
                RelayCredential.received("1:demo:alice", "word"),
                new ModePolicy(RequestedMode.STANDARD, 1000, true),
                1);
    }

    @Test
    void whatControlNamesOutsideTheRegionsIsNotUsed() {
        LeaseAsker notInChina = asker(new Geofence(Geofence.Rule.EXCLUDE, Set.of(new Region("cn"))));

        assertThat(notInChina.within(lease("eu", "cn-north", "cn", "us")).candidates())
                .extracting(candidate -> candidate.region().value())
                .containsExactly("eu", "us");
        assertThatThrownBy(() -> notInChina.within(lease("cn-north")))
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGION_FORBIDDEN));
    }

    @Test
    void withoutRegionsALeaseStaysAsItIs() {
        Lease lease = lease("eu", "cn");

        assertThat(asker(Geofence.EVERYWHERE).within(lease)).isSameAs(lease);
    }

    @Test
    void aLeaseIsOnesOwnByItsUserAndByItsAppWhereThatIsKnown() {
        Lease alices = lease("eu"); // of app demo
        Lease bobs = new Lease(
                "lease",
                Instant.EPOCH,
                alices.candidates(),
                RelayCredential.received("1:demo:bob", "word"),
                alices.policy(),
                1);

        assertThat(asker(Geofence.EVERYWHERE).isOwn(alices)).isTrue();
        assertThat(asker(Geofence.EVERYWHERE).isOwn(bobs)).isFalse();
        assertThat(asker(Geofence.EVERYWHERE, Optional.of(new AppId("demo"))).isOwn(alices))
                .isTrue();
        assertThat(asker(Geofence.EVERYWHERE, Optional.of(new AppId("other"))).isOwn(alices))
                .isFalse();
    }
}
