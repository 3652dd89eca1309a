package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pieces against bid-down (RFC 8489 §9.2).
class SecurityFeaturesTest {
    @ParameterizedTest
    @CsvSource({
        "true, false, obMatJos2gAAA", // as in RFC 8656 §20
        "false, true, obMatJos2QAAA",
        "true, true, obMatJos2wAAA",
        "false, false, obMatJos2AAAA",
    })
    void nonceCookieComesBack(boolean passwordAlgorithms, boolean usernameAnonymity, String cookie) {
        SecurityFeatures features = new SecurityFeatures(passwordAlgorithms, usernameAnonymity);

        assertThat(features.nonceCookie()).isEqualTo(cookie).hasSize(SecurityFeatures.COOKIE_CHARACTERS);
        assertThat(SecurityFeatures.parse(cookie + "adl7W7PeDU4hKE72jda")).contains(features);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "obMatJos2", "obMatJos2gAA", "obmatjos2gAAA", "obMatJos2g!AA", "obMatJos2gA==", "xyz"})
    void otherNoncesHaveNone(String nonce) {
        assertThat(SecurityFeatures.parse(nonce)).isEmpty();
    }

    @Test
    void shortenedOrReorderedListDiffers() {
        Attribute.PasswordAlgorithms sent = new Attribute.PasswordAlgorithms(
                List.of(Attribute.PasswordAlgorithm.SHA256, Attribute.PasswordAlgorithm.MD5));

        assertThat(new Attribute.PasswordAlgorithms(List.of(Attribute.PasswordAlgorithm.MD5)))
                .isNotEqualTo(sent);
        assertThat(new Attribute.PasswordAlgorithms(
                        List.of(Attribute.PasswordAlgorithm.MD5, Attribute.PasswordAlgorithm.SHA256)))
                .isNotEqualTo(sent);
    }

    @Test
    void algorithmListIsWrittenAsRfc8489Draws() { // §14.11: number, parameter length, nothing
        ByteBuffer memory = ByteBuffer.allocate(8);
        Attribute.PasswordAlgorithms list = new Attribute.PasswordAlgorithms(
                List.of(Attribute.PasswordAlgorithm.SHA256, Attribute.PasswordAlgorithm.MD5));

        list.writeValue(memory, 0, new TransactionId(0, 0));

        assertThat(list.valueBytes()).isEqualTo(8);
        assertThat(memory.getLong(0)).isEqualTo(0x0002_0000_0001_0000L);
    }
}
