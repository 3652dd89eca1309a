package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each vendor's sample behind a firewall that opens what that vendor's page says, on a relay that listens there
/// and nowhere else, in one room with a real Chromium. Runs by flag as [FirewallLabTest].
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VendorPortsLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PICTURE = Pattern.compile("^\\S+ shows ");
    private static final Pattern SOUND = Pattern.compile("^\\S+ is heard$");

    private final Path folder = Path.of("target", "lab-vendors").toAbsolutePath();
    private RtcBench bench;
    private CorpBrowsers browsers;

    /// The seeds' tables, by the purpose of their rows (VENDORS.md A-04, N-08, Z-14).
    private static Stream<Arguments> profiles() {
        return Stream.of(
                        profile(LabSize.SMOKE, VendorSample.AGORA, "4000", "4500-4650"),
                        profile(LabSize.WHOLE, VendorSample.AGORA, "1080", "1080"),
                        profile(LabSize.WHOLE, VendorSample.AGORA, "8000", "8000"),
                        profile(LabSize.WHOLE, VendorSample.AGORA, "25000", "25000"),
                        profile(LabSize.WHOLE, VendorSample.AGORA, "9700", "9700"),
                        profile(
                                LabSize.WHOLE,
                                VendorSample.AGORA,
                                "4000, 1080, 8000, 25000, 9700",
                                "4500-4650, 1080, 8000, 25000, 9700"),
                        profile(LabSize.SMOKE, VendorSample.NERTC, "443", "3478, 7070"),
                        profile(LabSize.WHOLE, VendorSample.NERTC, "443", "3478"),
                        profile(LabSize.WHOLE, VendorSample.NERTC, "443", "7070"),
                        profile(LabSize.SMOKE, VendorSample.ZEGO, "1080", "1080"),
                        profile(LabSize.WHOLE, VendorSample.ZEGO, "1080", ""))
                .filter(profile -> LabSize.chosen().includes((LabSize) profile.get()[2]));
    }

    private static Arguments profile(LabSize size, VendorSample sample, String tcp, String udp) {
        return Arguments.of(sample, new RelayDoors(tcp, udp), size);
    }

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle().or(LabBench::obstacle));
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher());
        browsers = BrowserInRoom.browsers(bench, folder);
    }

    @AfterAll
    void tearDown() {
        if (browsers != null) browsers.close();
        if (bench != null) bench.close();
    }

    @ParameterizedTest(name = "{0} by {1}")
    @MethodSource("profiles")
    void theSampleAndChromiumSeeAndHearEachOther(VendorSample sample, RelayDoors doors) throws IOException {
        bench.replaceRelay(doors);
        bench.lab().router().enforce(doors.opened());
        int room = bench.nextRoom();
        Properties told = bench.told("STANDARD", room, sample.uid());
        try (LabProcess java = sample.start(bench, told)) {
            java.awaitLine(sample.inRoom(), PATIENCE);
            String turn = doors.turnUrl(bench.lab().dmz().address());
            try (BrowserInRoom chromium = BrowserInRoom.join(bench, browsers, room, turn)) {
                chromium.awaitPicture(PATIENCE);
                java.awaitLine(PICTURE, PATIENCE);
                java.awaitLine(SOUND, PATIENCE);
                chromium.seesAndHears();
                assertThat(bench.lab().router().packetsBetweenCorpAndCloud())
                        .as("packets past the relay")
                        .isZero();
            }
        }
    }

    /// Without this the profiles would prove nothing: the relay is there, and the firewall opens another vendor's
    /// ports.
    @Test
    void anotherVendorsPortsDoNotDo() throws IOException {
        bench.replaceRelay(new RelayDoors("4000", "4500-4650"));
        bench.lab().router().enforce(new RelayDoors("443", "3478, 7070").opened());
        Properties told = bench.told("STANDARD", bench.nextRoom(), VendorSample.AGORA.uid());
        try (LabProcess java = VendorSample.AGORA.start(bench, told)) {
            java.awaitLine(Pattern.compile("^connection state 5, reason \\d+$"), PATIENCE);

            assertThat(java.output()).doesNotContain("connection state 3");
        }
    }
}
