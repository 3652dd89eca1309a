package io.callgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.Rung;
import io.callgate.client.net.Trust;
import io.callgate.model.AppId;
import io.callgate.model.Candidate;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Lease;
import io.callgate.model.ModePolicy;
import io.callgate.model.Region;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final Candidate UDP_4500 = candidate("a", 4500, Transport.UDP);

    private static Candidate candidate(String relay, int port, Transport transport) {
        return new Candidate(
                relay,
                new Region("eu"),
                new Endpoint(IpAddress.parse("203.0.113.7"), port),
                transport,
                1,
                Optional.empty(),
                Optional.empty());
    }

    private static String signalling(Candidate inUse, Candidate... others) {
        List<Candidate> all = new ArrayList<>(List.of(others));
        all.add(inUse);
        return candidates(all, Set.of()).signalling(inUse).at().toString();
    }

    private static Candidates candidates(List<Candidate> all, Set<Transport> transports) {
        Instant expires = Instant.parse("2030-01-01T00:00:00Z");
        Lease lease = new Lease(
                "id",
                expires,
                all,
                RelayCredential.mint(Secret.of("a secret"), new AppId("demo"), new Subject("alice"), expires),
                ModePolicy.DEFAULT,
                1);
        return new Candidates(lease, Trust.system(), transports);
    }

    @Test
    void signallingGoesByThePortInUseWhereThatTakesTcp() {
        assertThat(signalling(
                        candidate("a", 9700, Transport.UDP),
                        candidate("a", 1080, Transport.TLS),
                        candidate("a", 9700, Transport.TLS)))
                .isEqualTo("203.0.113.7:9700");
    }

    @Test
    void signallingGoesByAnotherPortOfTheSameRelayWhereThePortInUseTakesUdpAlone() {
        assertThat(signalling(
                        UDP_4500,
                        candidate("b", 443, Transport.TLS),
                        candidate("a", 4000, Transport.TCP),
                        candidate("a", 4001, Transport.TLS)))
                .isEqualTo("203.0.113.7:4001");
        assertThat(signalling(UDP_4500, candidate("b", 443, Transport.TLS), candidate("a", 4000, Transport.TCP)))
                .isEqualTo("203.0.113.7:4000");
    }

    @Test
    void aDoorForSignallingAloneCarriesNoMedia() {
        Candidate door = candidate("a", 443, Transport.TCP);

        Candidates udp = candidates(List.of(UDP_4500, door), Set.of(Transport.UDP));

        assertThat(udp.rungs()).extracting(Rung::path).containsExactly(EffectivePath.CLOUD_UDP);
        assertThat(udp.signalling(UDP_4500).at()).hasToString("203.0.113.7:443");
    }
}
