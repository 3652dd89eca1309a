package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Login;
import io.callgate.control.Control;
import io.callgate.model.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Two relays that hold one quota together by the portions that control gives them (decision 0028).
@Timeout(180)
class FleetQuotaTest {
    private static final int AGREED = 10;
    private static final int WITH_GRACE = 11;

    /// So long control does not miss a relay.
    private static final Duration SILENCE = Duration.ofSeconds(15);

    /// So long control goes on with what it knows of who is in a call.
    private static final Duration CALLERS_KEPT = Duration.ofSeconds(2);

    @TempDir
    private Path folder = Path.of("unset");

    private final Logger controlLog = (Logger) LoggerFactory.getLogger(Control.class.getPackageName());
    private final ListAppender<ILoggingEvent> controlLines = new ListAppender<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private ControlUnderTest control;
    private LinkedRelayUnderTest first;
    private LinkedRelayUnderTest second;

    @BeforeEach
    void startFleet() throws IOException, InterruptedException {
        controlLines.start();
        controlLog.addAppender(controlLines);
        toClose.add(() -> controlLog.detachAppender(controlLines));
        control = new ControlUnderTest(Files.createDirectory(folder.resolve("control")));
        toClose.add(control);
        control.app("demo", ", \"quota\": {\"sessions\": " + AGREED + "}");
        first = new LinkedRelayUnderTest(control, folder.resolve("relay-1"), "relay-1");
        toClose.add(first);
        second = new LinkedRelayUnderTest(control, folder.resolve("relay-2"), "relay-2");
        toClose.add(second);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    @Test
    void whatOneRelayHasTakenTheOtherRefuses() throws InterruptedException {
        Login alice = control.login("alice");
        for (int allocation = 0; allocation < 12; allocation++) { // as one browser makes them
            call(first, alice);
        }
        assertThat(fill(first, "a")).as("beside one user").isEqualTo(WITH_GRACE - 1);
        first.exchangeNews();
        second.exchangeNews();

        assertThat(fill(second, "b")).isZero();

        second.exchangeNews(); // it wants more than it has
        assertThat(fill(second, "b")).as("nobody gets in by asking again").isZero();
        call(first, alice);
        assertThat(warnings()).singleElement().asString().contains("WARN", "demo", "sessions", "10", "11");
        assertThat(excess().get("agreed").asInt()).isEqualTo(AGREED);
        assertThat(excess().get("peak").asInt()).isEqualTo(WITH_GRACE);
    }

    @Test
    void aRelayThatIsCutOffSpendsItsLastPortionAndTheOverageIsToldAfterwards() throws InterruptedException {
        call(first, control.login("alice"));
        call(second, control.login("bob"));
        first.exchangeNews();
        second.exchangeNews();
        first.exchangeNews(); // now it knows of bob

        first.cutOff();
        int atFirst = 1 + fill(first, "a");
        assertThat(atFirst).as("half the quota").isEqualTo(WITH_GRACE / 2);

        control.time().skip(SILENCE.plusSeconds(1));
        second.exchangeNews();
        int atSecond = 1 + fill(second, "b");
        assertThat(atSecond).as("all of it, for whoever is alone").isEqualTo(WITH_GRACE);
        second.exchangeNews();
        assertThat(excess().get("peak").asInt()).isEqualTo(WITH_GRACE);

        first.wire().heal();
        first.wire().await(() -> excess().get("peak").asInt() == atFirst + atSecond);
        first.exchangeNews();
        second.exchangeNews();
        assertThat(fill(first, "late")).isZero();
        assertThat(fill(second, "late")).isZero();
    }

    @ParameterizedTest(name = "{0} of {1} are in a call at a relay that dies")
    @CsvSource({"8, 11", "11, 11"})
    void whoWasInACallAtARelayThatDiesGoesOnAtTheOtherAtOnce(int calls, int withGrace) throws InterruptedException {
        List<Login> callers = new ArrayList<>();
        for (int caller = 0; caller < calls; caller++) {
            callers.add(control.login("caller" + caller));
            call(first, callers.getLast());
        }
        first.exchangeNews();
        control.time().skip(CALLERS_KEPT);
        second.exchangeNews();

        first.wire().cut();
        toClose.remove(first);
        first.close();

        callers.forEach(caller -> call(second, caller));
        assertThat(fill(second, "newcomer")).isZero();
        second.exchangeNews();
        assertThat(fill(second, "newcomer")).as("while the dead relay counts").isZero();
        assertThat(warnings()).as("each counts once").hasSize(calls > AGREED ? 1 : 0);
        control.time().skip(SILENCE.plusSeconds(1));
        second.exchangeNews();
        assertThat(fill(second, "newcomer")).isEqualTo(withGrace - calls);
    }

    /// Lets new users call until one is refused, by 486.
    ///
    /// @return how many were let in
    private int fill(LinkedRelayUnderTest relay, String prefix) {
        for (int taken = 0; taken <= 2 * WITH_GRACE; taken++) {
            try {
                call(relay, control.login(prefix + taken));
            } catch (PathException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
                return taken;
            }
        }
        throw new AssertionError("the relay refuses nobody");
    }

    /// Goes on until the test is over.
    private void call(LinkedRelayUnderTest relay, Login login) {
        toClose.add(relay.call(login));
    }

    /// What the operator is told once.
    private List<String> warnings() {
        synchronized (controlLines) { // which whoever adds holds too
            return controlLines.list.stream()
                    .filter(line -> line.getMessage().equals("quota.passed"))
                    .map(line -> line.getLevel() + " " + line.getKeyValuePairs())
                    .toList();
        }
    }

    private JsonNode excess() {
        return control.ask("GET", "/v1/apps/demo/quota-excesses", "")
                .get("items")
                .get(0);
    }
}
