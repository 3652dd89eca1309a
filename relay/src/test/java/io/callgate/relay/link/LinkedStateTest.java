package io.callgate.relay.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.Revocation;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkedStateTest {
    private static final String SECRET = "a-relay-secret-of-thirty-two-bytes";

    private final FakeClock clock = new FakeClock();
    private final Remembered memory = new Remembered();
    private final List<DesiredState> applied = new ArrayList<>();
    private LinkedState state = begin();

    @Test
    void hasNothingToServeBeforeControlHasSpoken() {
        assertThat(state.hasState()).isFalse();
        assertThat(state.desired().apps()).isEmpty();
        assertThat(state.desired().origin()).isEqualTo(DesiredState.Origin.CONTROL);
    }

    @Test
    void putsFileAndControlTogetherAndKeepsControlsPart() {
        assertThat(take(7, List.of(app("demo")))).isTrue();

        assertThat(applied).singleElement().satisfies(whole -> {
            assertThat(whole.version()).isEqualTo(7);
            assertThat(whole.apps()).extracting(AppState::id).containsExactly(new AppId("demo"));
            assertThat(whole.listeners()).isEqualTo(own().listeners());
        });
        state = begin();
        assertThat(state.hasState()).isTrue();
        assertThat(state.version()).isEqualTo(7);
        assertThat(state.desired().apps()).hasSize(1);
    }

    @Test
    void aVersionThatSaysTheSameIsNotAppliedAgain() {
        take(7, List.of(app("demo")));
        take(8, List.of(app("demo")));

        assertThat(applied).hasSize(1);
        assertThat(state.version()).isEqualTo(8);
    }

    @Test
    void refusesABadStateWholeAndIsNotSentItAgain() {
        take(7, List.of(app("demo", "203.0.113.0/24")));

        take(8, List.of(app("demo", "203.0.113.0/24"), app("other", "203.0.113.128/25")));

        assertThat(applied).hasSize(1);
        assertThat(state.version()).isEqualTo(7);
        assertThat(state.seen()).isEqualTo(8);
        assertThat(state.refusal()).hasValueSatisfying(why -> assertThat(why).contains("overlap"));

        state.become(own());
        assertThat(state.seen()).as("with another file it may fit").isEqualTo(7);

        take(9, List.of(app("demo")));
        assertThat(state.refusal()).isEmpty();
    }

    @Test
    void refusesWhatIsNoState() {
        assertThat(state.take("{\"version\": 3, \"apps\": [{\"id\": \"demo\", \"secrets\": [\"" + SECRET + "\"]}]}"))
                .isFalse();
        assertThat(state.take("no json")).isFalse();

        assertThat(applied).isEmpty();
        assertThat(state.refusal()).hasValueSatisfying(why -> assertThat(why).doesNotContain(SECRET));
    }

    @Test
    void keepsRevocationsUntilTheyStrikeNobodyEvenIfControlForgetsThem() {
        Revocation mallory = new Revocation(new AppId("demo"), Optional.of(new Subject("mallory")), clock.now());
        take(new LinkState(7, List.of(app("demo")), List.of(mallory)));

        take(8, List.of(app("demo")));
        state = begin();
        assertThat(state.desired().revocations()).containsExactly(mallory);

        clock.advance(Duration.ofHours(49).plusSeconds(1));
        state = begin();
        assertThat(state.desired().revocations()).isEmpty();
    }

    @Test
    void aMemoryThatSaysNothingIsAsNone() {
        memory.parts.put(LinkMemory.Part.STATE, "{broken");

        state = begin();

        assertThat(state.hasState()).isFalse();
    }

    @Test
    void p8SaysWhatStaysClosed() {
        take(7, List.of(app("demo"), open("inside", "10.1.2.0/24", "10.9.0.0/16", "198.51.100.0/24")));

        assertThat(LinkedState.closedIn(
                        new LinkState(1, List.of(open("inside", "10.1.2.0/24", "10.9.0.0/16")), List.of()),
                        List.of(Cidr.parse("10.1.0.0/16"))))
                .containsExactly("10.9.0.0/16 of app inside");
        assertThat(state.refusal())
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("10.1.2.0/24 of app inside", "10.9.0.0/16 of app inside", "controlMayOpen")
                        .doesNotContain("198.51.100"));
    }

    private LinkedState begin() {
        LinkedState begun = LinkedState.recall(own(), memory, clock);
        begun.feed(applied::add);
        return begun;
    }

    private boolean take(long version, List<AppState> apps) {
        return take(new LinkState(version, apps, List.of()));
    }

    private boolean take(LinkState next) {
        return state.take(LinkStateJson.write(next).toString());
    }

    private static AppState app(String id, String... clients) {
        return new AppState(
                new AppId(id),
                List.of(Secret.of(SECRET)),
                List.of(clients).stream().map(Cidr::parse).toList(),
                List.of(),
                Limits.DEFAULT,
                List.of());
    }

    private static AppState open(String id, String... destinations) {
        return new AppState(
                new AppId(id),
                List.of(Secret.of(SECRET)),
                List.of(),
                List.of(destinations).stream().map(DestinationRule::parse).toList(),
                Limits.DEFAULT,
                List.of());
    }

    static DesiredState own() {
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(new ListenerState(
                        IpAddress.parse("127.0.0.1"), List.of(PortRange.of(4433)), Set.of(Protocol.UDP, Protocol.TCP))),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                List.of(),
                List.of(),
                List.of(),
                true,
                Optional.empty());
    }

    private static final class Remembered implements LinkMemory {
        private final Map<Part, String> parts = new EnumMap<>(Part.class);

        @Override
        public Optional<String> recall(Part part) {
            return Optional.ofNullable(parts.get(part));
        }

        @Override
        public void keep(Part part, String text) {
            parts.put(part, text);
        }
    }
}
