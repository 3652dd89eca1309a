package io.callgate.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.LookupRefused;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a client hears that has proved itself and gets no tunnel.
class RefusalTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"LOOKUP_QUOTA, 429", "LOOKUPS_BUSY, 503"})
    void ofLookUpsOnlyItsOwnShareIsTooMany(DropReason reason, int status) {
        Refusal refusal = Refusal.of(new LookupRefused(reason));

        assertThat(HttpAnswer.refused(refusal).status().code()).isEqualTo(status);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.text()).isEqualTo(reason.text());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "UNKNOWN_APP, 403", // suspended in the moment between its proof and its tunnel
        "REVOKED, 403",
        "CREDENTIAL_EXPIRED, 403",
        "DRAINING, 503",
        "SESSION_QUOTA, 429",
        "TUNNEL_QUOTA, 429"
    })
    void onlyWhatIsUsedUpIsTooMany(DropReason reason, int status) {
        Refusal refusal = Refusal.of(new Grants.Opening.Refused(reason));

        assertThat(HttpAnswer.refused(refusal).status().code()).isEqualTo(status);
        assertThat(refusal.text()).isEqualTo(reason.text());
    }
}
