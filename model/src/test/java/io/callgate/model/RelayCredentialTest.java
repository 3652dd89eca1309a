package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayCredentialTest {
    /// Made with `printf %s "1433895918:demo:alice" | openssl dgst -sha1 -hmac my_secret -binary | base64`.
    @Test
    void mintsTheTurnRestForm() {
        RelayCredential credential = RelayCredential.mint(
                Secret.of("my_secret"), new AppId("demo"), new Subject("alice"), Instant.ofEpochSecond(1433895918, 5));

        assertThat(credential.username()).isEqualTo("1433895918:demo:alice");
        assertThat(credential.password()).isEqualTo("fOXKR98tK43Mv2lMBoW0foRICzA=");
        assertThat(credential.expiresAt()).isEqualTo(Instant.ofEpochSecond(1433895918));
    }

    /// coturn's `turnutils_uclient -W` and its README use the same computation on any user name.
    @Test
    void computesThePasswordOfAForeignUsername() {
        assertThat(RelayCredential.password(Secret.of("logen"), "1433895918:ninefingers"))
                .isEqualTo("HY+Vd729N0UZ/xCzjg1F0GsoMK8=");
    }

    @Test
    void hidesThePassword() {
        RelayCredential credential =
                RelayCredential.mint(Secret.of("s"), new AppId("a"), new Subject("b"), Instant.EPOCH);

        assertThat(credential.toString()).doesNotContain(credential.password());
    }

    @Test
    void parsesItsOwnUsernames() {
        RelayUsername username = new RelayUsername(
                Instant.ofEpochSecond(1433895918), new AppId("my-app_1.x"), new Subject("a@b~c+d-e_f.g"));

        assertThat(RelayUsername.parse(username.toString())).contains(username);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice",
                "1:2",
                "1:a:b:c",
                ":a:b",
                "1::b",
                "1:a:",
                "x:a:b",
                "-1:a:b",
                "01:a:b",
                "1:a b:c",
                "1:a:b c",
                "1:a:b\n",
                "1:a:b%n",
                "123456789012:a:b",
                "١:a:b",
                "1:a:ü",
                " 1:a:b"
            })
    void takesNothingElseForAUsername(String text) {
        assertThat(RelayUsername.parse(text)).isEmpty();
    }

    @Test
    void boundsAppAndSubject() {
        assertThat(RelayUsername.parse("1:" + "a".repeat(64) + ":" + "b".repeat(128)))
                .isPresent();
        assertThat(RelayUsername.parse("1:" + "a".repeat(65) + ":b")).isEmpty();
        assertThat(RelayUsername.parse("1:a:" + "b".repeat(129))).isEmpty();
    }
}
