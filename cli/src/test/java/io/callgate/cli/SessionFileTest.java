package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.AppId;
import io.callgate.model.IpAddress;
import io.callgate.model.SessionRecord;
import io.callgate.model.Subject;
import io.callgate.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionFileTest {
    private static final Instant BEGAN = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    private Path folder = Path.of("unset");

    private final FakeClock clock = new FakeClock();
    private final SessionFile sessions = new SessionFile(clock);

    private OperationConfig.SessionRecords config(long maxBytes, int maxFiles) {
        return new OperationConfig.SessionRecords(file(), maxBytes, maxFiles, true);
    }

    private Path file() {
        return folder.resolve("sessions.jsonl");
    }

    private static SessionRecord record(String subject, String end) {
        return new SessionRecord(
                new AppId("demo"),
                new Subject(subject),
                List.of("turn_udp"),
                List.of(IpAddress.parse("192.0.2.7")),
                BEGAN,
                BEGAN.plusSeconds(5),
                1,
                2,
                30,
                4,
                50,
                end,
                Map.of("no_ports", 1L, "draining", 2L));
    }

    @Test
    void writesOneLineARecord() throws IOException {
        sessions.become(Optional.of(config(1_000_000, 3)));
        sessions.accept(record("alice", "expired"));
        sessions.accept(record("bob", "client_left"));
        sessions.close();

        List<String> lines = Files.readAllLines(file());
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst())
                .isEqualTo("{\"app\":\"demo\",\"subject\":\"alice\",\"ingresses\":[\"turn_udp\"],"
                        + "\"clients\":[\"192.0.2.7\"],\"began\":\"2026-11-22T12:00:00Z\","
                        + "\"ended\":\"2026-11-22T12:00:05Z\",\"end\":\"expired\",\"parts\":1,\"packetsToPeer\":2,"
                        + "\"bytesToPeer\":30,\"packetsToClient\":4,\"bytesToClient\":50,"
                        + "\"refusals\":{\"draining\":2,\"no_ports\":1}}");
        assertThat(sessions.totals()).isEqualTo(new SessionFile.Totals(2, 0, 0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void leavesClientAddressesOutWhereThatIsWanted() throws IOException {
        sessions.become(Optional.of(new OperationConfig.SessionRecords(file(), 1_000_000, 3, false)));
        sessions.accept(record("alice", "expired"));
        sessions.close();

        assertThat(Files.readString(file())).contains("alice").doesNotContain("192.0.2.7", "clients");
    }

    @Test
    void writesNothingWhereNothingIsWanted() {
        sessions.become(Optional.empty());
        sessions.accept(record("alice", "expired"));
        sessions.close();

        assertThat(folder).isEmptyDirectory();
        assertThat(sessions.totals()).isEqualTo(new SessionFile.Totals(0, 0, 0));
    }

    @Test
    void rotatesBySizeAndRemovesTheOldest() throws IOException {
        int lineBytes = SessionLine.of(record("s10", "expired"), true).length();
        sessions.become(Optional.of(config(2L * lineBytes + 1, 3)));
        for (int i = 10; i < 18; i++) {
            sessions.accept(record("s" + i, "expired"));
        }
        sessions.close();

        assertThat(subjects(file())).containsExactly("s16", "s17");
        assertThat(subjects(folder.resolve("sessions.jsonl.1"))).containsExactly("s14", "s15");
        assertThat(subjects(folder.resolve("sessions.jsonl.2"))).containsExactly("s12", "s13");
        assertThat(folder.resolve("sessions.jsonl.3")).doesNotExist();
    }

    private static List<String> subjects(Path file) throws IOException {
        List<String> subjects = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            subjects.add(JsonOutput.parse(line).get("subject").asString());
        }
        return subjects;
    }

    @Test
    void goesOnInTheFileOfAnEarlierStart() throws IOException {
        Files.writeString(file(), "earlier\n");
        sessions.become(Optional.of(config(1_000_000, 3)));
        sessions.accept(record("alice", "expired"));
        sessions.close();

        assertThat(Files.readAllLines(file())).hasSize(2).first().isEqualTo("earlier");
    }

    @Test
    void opensTheFileAnewWhenItWasMovedAway() throws IOException {
        sessions.become(Optional.of(config(1_000_000, 3)));
        sessions.accept(record("alice", "expired"));
        awaitWritten(1);
        Files.move(file(), folder.resolve("moved"));
        sessions.reopen();
        sessions.accept(record("bob", "expired"));
        sessions.close();

        assertThat(subjects(folder.resolve("moved"))).containsExactly("alice");
        assertThat(subjects(file())).containsExactly("bob");
    }

    @Test
    void refusedClientsFillNoDisk() throws IOException {
        sessions.become(Optional.of(config(1_000_000, 3)));
        for (int i = 0; i < 500; i++) {
            sessions.accept(record("eve", SessionRecord.REFUSED));
        }
        sessions.accept(record("alice", "expired"));
        sessions.close();

        List<String> lines = Files.readAllLines(file());
        assertThat(lines.stream().filter(line -> line.contains("\"end\":\"refused\"")))
                .hasSize(10);
        assertThat(lines.stream().filter(line -> line.contains("\"leftOut\"")))
                .singleElement()
                .asString()
                .contains("\"leftOut\":490");
        assertThat(lines.stream().filter(line -> line.contains("alice"))).hasSize(1);
        assertThat(sessions.totals().leftOut()).isEqualTo(490);
    }

    @Test
    void aFullDiskLosesRecordsAndNothingElse() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        sessions.become(Optional.of(new OperationConfig.SessionRecords(full, 1_000_000, 3, true)));
        for (int i = 0; i < 100; i++) {
            sessions.accept(record("s" + i, "expired"));
        }
        while (sessions.totals().lost() < 100) {
            Thread.onSpinWait(); // the timeout of the class ends a wait in vain
        }
        assertThat(sessions.totals().written()).isZero();

        clock.advance(Duration.ofSeconds(11));
        sessions.become(Optional.of(config(1_000_000, 3)));
        sessions.accept(record("alice", "expired"));
        sessions.close();
        assertThat(subjects(file())).containsExactly("alice");
    }

    @Test
    void aFileThatCannotBeWrittenIsOneSentence() {
        Path file = folder.resolve("none").resolve("sessions.jsonl");

        assertThatThrownBy(() ->
                        SessionFile.require(Optional.of(new OperationConfig.SessionRecords(file, 1_000_000, 3, true))))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("cannot write session records to " + file + ": there is no folder " + file.getParent());
        sessions.close();
    }

    private void awaitWritten(long count) {
        while (sessions.totals().written() < count) {
            Thread.onSpinWait(); // the timeout of the class ends a wait in vain
        }
    }
}
