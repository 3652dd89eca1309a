package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class IntegrityTest {
    private static final byte[] KEY = Integrity.shortTermKey("VOkJxbRl1RmTxUk/WvJxBt");

    /// The length field's bits are caught by the header check: the HMAC is computed with a length of its own.
    @Test
    void everyFlippedBitIsNoticed() {
        byte[] packet = Packets.read("rfc5769-request");
        int covered = packet.length - 8; // all but FINGERPRINT
        for (int bit = 0; bit < covered * 8; bit++) {
            byte[] flipped = packet.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            ByteBuffer memory = ByteBuffer.wrap(flipped);

            boolean accepted = StunHeader.looksLikeStun(memory, 0, packet.length)
                    && Integrity.verifySha1(memory, 0, packet.length, KEY);

            assertThat(accepted).as("bit %d flipped", bit).isFalse();
        }
    }

    @Test
    void messageWithoutIntegrityDoesNotVerify() {
        byte[] packet = Packets.read("chromium-allocate-request");
        ByteBuffer memory = ByteBuffer.wrap(packet);

        assertThat(Integrity.verifySha1(memory, 0, packet.length, KEY)).isFalse();
        assertThat(Integrity.verifySha256(memory, 0, packet.length, KEY)).isFalse();
    }

    @Test
    void oneFormDoesNotStandForTheOther() {
        byte[] packet = Packets.read("rfc5769-request");

        assertThat(Integrity.verifySha256(ByteBuffer.wrap(packet), 0, packet.length, KEY))
                .isFalse();
    }

    @Test
    void emptyKeyIsAKey() {
        ByteBuffer memory = ByteBuffer.allocate(100);
        int bytes = MessageEncoder.begin(memory, 0, MessageClass.REQUEST, Method.BINDING, new TransactionId(1, 2))
                .integrity(new byte[0])
                .finish();

        assertThat(Integrity.verifySha1(memory, 0, bytes, new byte[0])).isTrue();
        assertThat(Integrity.verifySha1(memory, 0, bytes, KEY)).isFalse();
    }

    @Test
    void longTermKeysHashNameRealmAndPassword() { // RFC 8489 §9.2.2, its own example
        assertThat(HexFormat.of().formatHex(Integrity.longTermKeyMd5("user", "realm", "pass")))
                .isEqualTo("8493fbc53ba582fb4c044c456bdc40eb");
        assertThat(Integrity.longTermKeySha256("user", "realm", "pass")).hasSize(32);
    }

    @Test
    void passwordsAreComposedAndTheirSpacesUnified() { // RFC 8265 §4.2.2
        assertThat(new String(Integrity.shortTermKey("e\u0301\u00A0x"), StandardCharsets.UTF_8))
                .isEqualTo("\u00E9 x");
        assertThat(Integrity.longTermKeyMd5("u", "r", "e\u0301"))
                .isEqualTo(Integrity.longTermKeyMd5("u", "r", "\u00E9"));
        assertThat(Integrity.userHash("e\u0301", "r")).isEqualTo(Integrity.userHash("\u00E9", "r"));
    }
}
