package io.callgate.wire.stun;

import io.callgate.wire.AbsoluteAccess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;

/// MESSAGE-INTEGRITY in both forms, and the keys for it (RFC 8489 §9, §14.5, §14.6). Comparisons take constant
/// time.
///
/// Passwords and realms go through [OpaqueString]; user names are taken as they stand in USERNAME, where the
/// client has prepared them.
public final class Integrity {
    public static final int SHA1_BYTES = 20;
    public static final int SHA256_BYTES = 32;
    public static final int SHA256_MIN_BYTES = 16;

    // Never fed, only cloned: to ask for the provider costs more than a short text does.
    private static final MessageDigest MD5 = ofProvider("MD5");
    private static final MessageDigest SHA_256 = ofProvider("SHA-256");

    private Integrity() {}

    /// False also if there is no MESSAGE-INTEGRITY that counts. The message must have passed
    /// [StunHeader#looksLikeStun].
    public static boolean verifySha1(ByteBuffer memory, int offset, int length, byte[] key) {
        return verify(Hmac.SHA1, AttributeType.MESSAGE_INTEGRITY, memory, offset, length, key);
    }

    /// As [#verifySha1], for MESSAGE-INTEGRITY-SHA256, also truncated down to 16 bytes.
    public static boolean verifySha256(ByteBuffer memory, int offset, int length, byte[] key) {
        return verify(Hmac.SHA256, AttributeType.MESSAGE_INTEGRITY_SHA256, memory, offset, length, key);
    }

    /// `MD5(username ":" realm ":" password)`, RFC 8489 §9.2.2: the key of today's browsers.
    public static byte[] longTermKeyMd5(String username, String realm, String password) {
        return digest(MD5, longTermInput(username, realm, password));
    }

    /// `SHA-256(username ":" realm ":" password)`, RFC 8489 §18.5.1.2.
    public static byte[] longTermKeySha256(String username, String realm, String password) {
        return digest(SHA_256, longTermInput(username, realm, password));
    }

    /// The password itself (RFC 8489 §9.1.1), as ICE uses it.
    public static byte[] shortTermKey(String password) {
        return OpaqueString.prepare(password).getBytes(StandardCharsets.UTF_8);
    }

    /// The value of USERHASH: `SHA-256(username ":" realm)` (RFC 8489 §14.4).
    public static byte[] userHash(String username, String realm) {
        return digest(SHA_256, OpaqueString.prepare(username) + ":" + OpaqueString.prepare(realm));
    }

    static boolean isSha256Length(int hmacBytes) {
        return hmacBytes >= SHA256_MIN_BYTES && hmacBytes <= SHA256_BYTES && hmacBytes % 4 == 0;
    }

    /// HMAC over the first `coveredBytes` of a message, with a header length that counts up to the end of the
    /// HMAC's own attribute, whatever follows it.
    static byte[] hmac(
            Hmac algorithm, byte[] key, ByteBuffer memory, int messageOffset, int coveredBytes, int hmacBytes) {
        int bodyBytes = coveredBytes + AttributeCursor.HEADER_BYTES + hmacBytes - StunHeader.HEADER_BYTES;
        byte[] header = new byte[StunHeader.HEADER_BYTES];
        AbsoluteAccess.get(memory, messageOffset, header);
        ByteBuffer.wrap(header).putShort(StunHeader.LENGTH_OFFSET, (short) bodyBytes);
        Mac mac = algorithm.with(key);
        mac.update(header);
        mac.update(AbsoluteAccess.slice(
                memory, messageOffset + StunHeader.HEADER_BYTES, coveredBytes - StunHeader.HEADER_BYTES));
        return mac.doFinal();
    }

    private static boolean verify(Hmac algorithm, int type, ByteBuffer memory, int offset, int length, byte[] key) {
        AttributeCursor cursor = new AttributeCursor();
        if (!cursor.reset(memory, offset, length)) {
            return false;
        }
        while (cursor.next()) {
            if (cursor.type() == type) {
                return isExpectedLength(type, cursor.valueBytes())
                        && matches(algorithm, memory, offset, cursor.valueOffset(), cursor.valueBytes(), key);
            }
        }
        return false;
    }

    private static boolean isExpectedLength(int type, int hmacBytes) {
        return type == AttributeType.MESSAGE_INTEGRITY ? hmacBytes == SHA1_BYTES : isSha256Length(hmacBytes);
    }

    private static boolean matches(
            Hmac algorithm, ByteBuffer memory, int offset, int valueOffset, int hmacBytes, byte[] key) {
        byte[] found = new byte[hmacBytes];
        AbsoluteAccess.get(memory, valueOffset, found);
        int coveredBytes = valueOffset - AttributeCursor.HEADER_BYTES - offset;
        byte[] computed = hmac(algorithm, key, memory, offset, coveredBytes, hmacBytes);
        return MessageDigest.isEqual(found, Arrays.copyOf(computed, hmacBytes));
    }

    private static String longTermInput(String username, String realm, String password) {
        return username + ":" + OpaqueString.prepare(realm) + ":" + OpaqueString.prepare(password);
    }

    private static byte[] digest(MessageDigest model, String text) {
        MessageDigest digest;
        try {
            digest = (MessageDigest) model.clone();
        } catch (CloneNotSupportedException e) {
            digest = ofProvider(model.getAlgorithm()); // one may lack it: hardware, Android
        }
        return digest.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest ofProvider(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
