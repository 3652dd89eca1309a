package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SignedAllowlistTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final KeyPair PAIR = pair();
    private static final AllowlistKey KEY = AllowlistKey.of(PAIR.getPublic());

    @Test
    void isBelievedByTheKeyThatSignedIt() {
        String text = signed().render(AllowlistFormat.JSON);

        assertThat(SignedAllowlist.verify(text, KEY).allowlist()).isEqualTo(list());
        assertThat(AllowlistKey.parse(KEY.toString())).isEqualTo(KEY);
    }

    @Test
    void mayBeWrittenInAnotherOrderAndWidth() {
        ObjectNode same = signed().json();
        var version = same.remove("version");
        same.set("version", version);

        assertThat(SignedAllowlist.verify(same.toString(), KEY).allowlist()).isEqualTo(list());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.7 > 203.0.113.8",
                "\"443\" > \"1-65535\"",
                "\"version\" : 3 > \"version\" : 4",
                "media > music",
                "\"side\" > \"more\" : 1, \"side\"",
                "2026-11-22T12:00:00Z > 2026-11-22T12:00:00.0Z"
            })
    void isRefusedWhenAnythingIsChanged(String change) {
        String[] parts = change.split(" > ", 2);
        String text = signed().render(AllowlistFormat.JSON);
        assertThat(text).contains(parts[0]);

        assertThatThrownBy(() -> SignedAllowlist.verify(text.replaceFirst(parts[0], parts[1]), KEY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the allowlist was changed after it was signed");
    }

    @Test
    void isRefusedWhenAnotherKeySignedIt() {
        String text = signed().render(AllowlistFormat.JSON);
        AllowlistKey other = AllowlistKey.of(pair().getPublic());

        assertThatThrownBy(() -> SignedAllowlist.verify(text, other))
                .hasMessage("the allowlist was not signed with the key that you trust");
        assertThatThrownBy(() -> SignedAllowlist.verify(text.replace(KEY.toString(), other.toString()), other))
                .hasMessage("the allowlist was changed after it was signed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"signature\": 1}",
                "{\"signature\": {\"algorithm\": \"none\", \"value\": \"\"}}",
                "{\"a\": 1, \"a\": 2}",
                "{} {}"
            })
    void isRefusedWithoutASignature(String text) {
        assertThatThrownBy(() -> SignedAllowlist.verify(text, KEY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isRefusedWithAShortSignature() {
        ObjectNode document = signed().json();
        ((ObjectNode) document.get("signature")).put("value", "AAAA");

        assertThatThrownBy(() -> SignedAllowlist.verify(document.toString(), KEY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ed25519/",
                "ed25519/AAAA",
                "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "ed25519/!"
            })
    void aKeyIsTakenInItsOneFormOnly(String text) {
        assertThatThrownBy(() -> AllowlistKey.parse(text)).hasMessageContaining("want ed25519/");
    }

    /// The numbers and names of RFC 8785 §3.2.2 and §3.2.3, as far as our documents have such.
    @Test
    void theCanonicalFormIsThatOfRfc8785() {
        ObjectNode node = (ObjectNode) JsonMapper.builder().build().readTree("""
            {"\\u20ac": "Euro Sign", "\\r": "Carriage Return", "1": "One", "a": [1, {}, [], true],
             "s": "\\u20ac$\\u000F\\nA'B\\"\\\\\\\\\\"/"}\
            """);

        assertThat(new String(CanonicalJson.bytes(node), StandardCharsets.UTF_8))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"a\":[1,{},[],true],"
                        + "\"s\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",\"€\":\"Euro Sign\"}");
        for (String odd : List.of("{\"a\": null}", "{\"a\": 1.5}", "{\"a\": 9007199254740992}", "{\"a\": 1e400}")) {
            ObjectNode other = (ObjectNode) JsonMapper.builder().build().readTree(odd);
            assertThatThrownBy(() -> CanonicalJson.bytes(other)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void isBelievedByEitherOfTwoKeysAndTellsTheOther() {
        KeyPair next = pair();
        AllowlistKey nextKey = AllowlistKey.of(next.getPublic());
        String text = SignedAllowlist.sign(list(), signer(PAIR), Optional.of(signer(next)))
                .render(AllowlistFormat.JSON);

        assertThat(SignedAllowlist.verify(text, KEY).otherThan(KEY)).contains(nextKey);
        assertThat(SignedAllowlist.verify(text, nextKey).otherThan(nextKey)).contains(KEY);
        assertThat(SignedAllowlist.verify(signed().render(AllowlistFormat.JSON), KEY)
                        .otherThan(KEY))
                .isEmpty();
        for (AllowlistKey trusted : List.of(KEY, nextKey)) {
            assertThatThrownBy(() -> SignedAllowlist.verify(text.replace("203.0.113.7", "203.0.113.8"), trusted))
                    .hasMessage("the allowlist was changed after it was signed");
            AllowlistKey third = AllowlistKey.of(pair().getPublic());
            assertThatThrownBy(() -> SignedAllowlist.verify(
                            text.replaceFirst("(\"keys\" : \\[ \")[^\"]+", "$1" + third), trusted))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aSecondSignatureIsPartOfWhatTheFirstIsOver() {
        KeyPair next = pair();
        ObjectNode document = SignedAllowlist.sign(list(), signer(PAIR), Optional.of(signer(next)))
                .json();
        document.remove("otherSignature");

        assertThatThrownBy(() -> SignedAllowlist.verify(document.toString(), KEY))
                .hasMessage("the allowlist was changed after it was signed");
    }

    private static SignedAllowlist.Signer signer(KeyPair pair) {
        return new SignedAllowlist.Signer(pair.getPrivate(), AllowlistKey.of(pair.getPublic()));
    }

    private static SignedAllowlist signed() {
        return SignedAllowlist.sign(list(), signer(PAIR), Optional.empty());
    }

    private static Allowlist list() {
        return new Allowlist(
                Optional.of(new AppId("demo")),
                3,
                NOW,
                Allowlist.Side.CLIENT,
                List.of(new AllowlistEntry(
                        AllowlistEntry.Direction.OUTBOUND,
                        Optional.empty(),
                        Optional.of(Cidr.parse("203.0.113.7")),
                        PortRange.of(443),
                        Protocol.UDP,
                        "media",
                        Optional.of(new Region("eu")),
                        NOW,
                        Optional.empty())));
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
