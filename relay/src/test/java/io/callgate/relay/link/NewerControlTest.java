package io.callgate.relay.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A control of the next version says more than this relay knows: it takes what it knows, and leaves the rest.
class NewerControlTest {
    private static final SubjectSet BOB = SubjectSet.of(List.of(new Subject("bob")));

    @Test
    void moreInTheAnswerToAJoinIsLeft() {
        Membership joined = Membership.joined("""
            {"relayId": "r", "relayKey": "k", "heartbeatSeconds": 5, "tomorrow": {"a": [1]}}\
            """, Secret.of("token"));

        assertThat(joined.relayId()).isEqualTo("r");
        assertThat(Membership.parse(joined.json())).isEqualTo(joined);
    }

    @Test
    void moreInAStateIsLeft() {
        LinkState state = LinkStateJson.parse("""
            {"version": 7, "tomorrow": true,
             "apps": [{"id": "demo", "secrets": ["s"], "clients": [], "tomorrow": 1,
               "destinations": [{"cidr": "198.51.100.0/24", "ports": ["443"], "protocols": ["udp"], "tomorrow": "x"}],
               "limits": {"sessions": 10, "allocationsPerSubject": 24, "kbitPerSecond": 0, "tomorrow": 5}}],
             "revocations": [{"app": "demo", "uid": "eve", "notBefore": "2026-11-22T12:00:00Z", "tomorrow": []}]}\
            """);

        assertThat(state.version()).isEqualTo(7);
        assertThat(state.apps())
                .singleElement()
                .satisfies(app -> assertThat(app.destinations()).hasSize(1));
        assertThat(state.revocations()).hasSize(1);
    }

    @Test
    void moreInTheAnswerToAHeartbeatIsLeft() {
        HeartbeatAnswer answer = HeartbeatJson.parseAnswer("""
            {"stateVersion": 7, "draining": false, "acknowledged": 3, "sessionsTaken": 0, "tomorrow": {},
             "portions": [{"app": "demo", "sessions": 5, "lentSessions": 1, "kbitPerSecond": 0, "tomorrow": 1}],
             "inCall": [{"app": "demo", "subjects": 1, "filter": "%s", "tomorrow": 1}]}\
            """.formatted(BOB.base64()));

        assertThat(answer.portions())
                .singleElement()
                .satisfies(portion -> assertThat(portion.sessions()).isEqualTo(5));
        assertThat(answer.inCall()).isEqualTo(Map.of(new AppId("demo"), BOB));
    }

    @Test
    void anOlderControlDoesNotSayWhoIsInACall() {
        HeartbeatAnswer answer = HeartbeatJson.parseAnswer("""
            {"stateVersion": 7, "draining": false, "acknowledged": 3, "sessionsTaken": 0}\
            """);

        assertThat(answer.inCall()).isEmpty();
    }
}
