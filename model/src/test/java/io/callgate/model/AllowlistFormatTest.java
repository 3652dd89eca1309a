package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What each firewall is given, held against files that people have looked at (`allowlists/`).
class AllowlistFormatTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @EnumSource(AllowlistFormat.class)
    void isAsItWasLookedAt(AllowlistFormat format) {
        assertThat(format.render(clients())).isEqualTo(golden("client." + format.lowerCase()));
        assertThat(format.render(relays())).isEqualTo(golden("relay." + format.lowerCase()));
    }

    /// Formulas for spreadsheets, escapes for terminals, marks that turn the line, tags for browsers, quotes for
    /// shells.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "=cmd|' /C calc'!A0",
                "+1+1",
                "-2+3",
                "@SUM(A1)",
                "<script>alert(1)</script>",
                "$(reboot) `reboot` ; reboot # !",
                "what? why?"
            })
    void hostilePurposesStayText(String purpose) {
        Allowlist list = list(Allowlist.Side.CLIENT, entry("203.0.113.7", "443", Protocol.UDP, purpose));

        for (AllowlistFormat format : AllowlistFormat.values()) {
            String text = format.render(list);
            assertThat(text.lines().count())
                    .as(format.name())
                    .isEqualTo(format.render(
                                    list(Allowlist.Side.CLIENT, entry("203.0.113.7", "443", Protocol.UDP, "media")))
                            .lines()
                            .count());
        }
        if ("=+-@".indexOf(purpose.charAt(0)) >= 0) {
            assertThat(AllowlistFormat.CSV.render(list)).contains(",\"'" + purpose + "\",");
        }
        assertThat(AllowlistFormat.CISCO.render(list)).doesNotContain("?");
        assertThat(AllowlistFormat.FORTINET.render(list)).doesNotContain("?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\nb", "a\rb", "a\u001b[2Jb", "a\u202eb", "a\u2028b", "a\"b", "a\\b", "a\u0085b", "a\u0000b"})
    void aPurposeHoldsNothingThatBreaksOut(String purpose) {
        assertThatThrownBy(() -> entry("203.0.113.7", "443", Protocol.UDP, purpose))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDomainIsAName() {
        assertThatThrownBy(() -> new AllowlistEntry(
                        AllowlistEntry.Direction.OUTBOUND,
                        Optional.of("a.example\naccept"),
                        Optional.empty(),
                        PortRange.of(443),
                        Protocol.TCP,
                        "media",
                        Optional.empty(),
                        NOW,
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longPurposesAreCutBetweenCharacters() {
        Allowlist list = list(Allowlist.Side.CLIENT, entry("203.0.113.7", "443", Protocol.UDP, "端".repeat(100)));

        assertThat(AllowlistFormat.NFTABLES.render(list)).contains("comment \"" + "端".repeat(40) + "\"");
        assertThat(AllowlistFormat.IPTABLES.render(list)).contains("--comment \"" + "端".repeat(83) + "\"");
    }

    private static Allowlist clients() {
        List<AllowlistEntry> entries = new ArrayList<>();
        entries.add(entry("203.0.113.7", "443", Protocol.UDP, "media: audio, video"));
        entries.add(entry("203.0.113.7", "3478", Protocol.UDP, "media: audio, video"));
        entries.add(entry("203.0.113.7", "443", Protocol.TCP, "signalling"));
        entries.add(entry("198.51.100.0/26", "4500-4650", Protocol.UDP, "媒体数据交换"));
        entries.add(entry("2001:db8::7", "443", Protocol.UDP, "media: audio, video"));
        entries.add(new AllowlistEntry(
                AllowlistEntry.Direction.OUTBOUND,
                Optional.of("relay.example.com"),
                Optional.of(Cidr.parse("203.0.113.9")),
                PortRange.of(443),
                Protocol.TCP,
                "signalling",
                Optional.of(new Region("us")),
                NOW.plus(Duration.ofDays(30)),
                Optional.of(NOW.plus(Duration.ofDays(395)))));
        return new Allowlist(Optional.of(new AppId("demo")), 3, NOW, Allowlist.Side.CLIENT, entries);
    }

    private static Allowlist relays() {
        List<AllowlistEntry> entries = new ArrayList<>();
        entries.add(inbound("10.1.3.10", "443", Protocol.UDP, "relay: TURN, audio and video"));
        entries.add(inbound("2001:db8::7", "443", Protocol.TCP, "relay: signalling"));
        entries.add(entry("198.51.100.0/24", "1-65535", Protocol.UDP, "destination of app demo"));
        entries.add(entry("2001:db8:2::/48", "1-65535", Protocol.UDP, "destination of app demo"));
        entries.add(new AllowlistEntry(
                AllowlistEntry.Direction.OUTBOUND,
                Optional.of("sfu.example.com"),
                Optional.empty(),
                PortRange.of(443),
                Protocol.TCP,
                "destination of app demo",
                Optional.empty(),
                NOW,
                Optional.empty()));
        return list(Allowlist.Side.RELAY, entries.toArray(new AllowlistEntry[0]));
    }

    private static Allowlist list(Allowlist.Side side, AllowlistEntry... entries) {
        return new Allowlist(Optional.empty(), 3, NOW, side, List.of(entries));
    }

    private static AllowlistEntry entry(String target, String ports, Protocol protocol, String purpose) {
        return entry(AllowlistEntry.Direction.OUTBOUND, target, ports, protocol, purpose);
    }

    private static AllowlistEntry inbound(String target, String ports, Protocol protocol, String purpose) {
        return entry(AllowlistEntry.Direction.INBOUND, target, ports, protocol, purpose);
    }

    private static AllowlistEntry entry(
            AllowlistEntry.Direction direction, String target, String ports, Protocol protocol, String purpose) {
        return new AllowlistEntry(
                direction,
                Optional.empty(),
                Optional.of(Cidr.parse(target)),
                PortRange.parse(ports),
                protocol,
                purpose,
                Optional.empty(),
                NOW,
                Optional.empty());
    }

    private static String golden(String name) {
        try {
            URL file = Objects.requireNonNull(AllowlistFormatTest.class.getResource("/allowlists/" + name), name);
            return Files.readString(Path.of(file.toURI()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
