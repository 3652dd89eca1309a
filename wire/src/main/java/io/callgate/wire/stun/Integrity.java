package io.callgate.wire.stun;

import io.callgate.wire.AbsoluteAccess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// MESSAGE-INTEGRITY in both forms, and the keys for it (RFC 8489 §9, §14.5, §14.6). Comparisons take constant
/// time.
///
/// Passwords and realms go through [OpaqueString]; user names are taken as they stand in USERNAME, where the
/// client has prepared them.
public final class Integrity {
    public static final int SHA1_BYTES = 20;
    public static final int SHA256_BYTES = 32;
    public static final int SHA256_MIN_BYTES = 16;

    // Cloned for each use: asking the provider costs more than the HMAC of a short message.
    private static final Mac HMAC_SHA1 = mac("HmacSHA1");
    private static final Mac HMAC_SHA256 = mac("HmacSHA256");

    private Integrity() {}

    /// False also if there is no MESSAGE-INTEGRITY that counts. The message must have passed
    /// [StunHeader#looksLikeStun].
    public static boolean verifySha1(ByteBuffer memory, int offset, int length, byte[] key) {
        return verify("HmacSHA1", AttributeType.MESSAGE_INTEGRITY, memory, offset, length, key);
    }

    /// As [#verifySha1], for MESSAGE-INTEGRITY-SHA256, also truncated down to 16 bytes.
    public static boolean verifySha256(ByteBuffer memory, int offset, int length, byte[] key) {
        return verify("HmacSHA256", AttributeType.MESSAGE_INTEGRITY_SHA256, memory, offset, length, key);
    }

    /// `MD5(username ":" realm ":" password)`, RFC 8489 §9.2.2: the key of today's browsers.
    public static byte[] longTermKeyMd5(String username, String realm, String password) {
        return digest("MD5", longTermInput(username, realm, password));
    }

    /// `SHA-256(username ":" realm ":" password)`, RFC 8489 §18.5.1.2.
    public static byte[] longTermKeySha256(String username, String realm, String password) {
        return digest("SHA-256", longTermInput(username, realm, password));
    }

    /// The password itself (RFC 8489 §9.1.1), as ICE uses it.
    public static byte[] shortTermKey(String password) {
        return OpaqueString.prepare(password).getBytes(StandardCharsets.UTF_8);
    }

    /// The value of USERHASH: `SHA-256(username ":" realm)` (RFC 8489 §14.4).
    public static byte[] userHash(String username, String realm) {
        return digest("SHA-256", OpaqueString.prepare(username) + ":" + OpaqueString.prepare(realm));
    }

    static boolean isSha256Length(int hmacBytes) {
        return hmacBytes >= SHA256_MIN_BYTES && hmacBytes <= SHA256_BYTES && hmacBytes % 4 == 0;
    }

    /// HMAC over the first `coveredBytes` of a message, with a header length that counts up to the end of the
    /// HMAC's own attribute, whatever follows it.
    static byte[] hmac(
            String algorithm, byte[] key, ByteBuffer memory, int messageOffset, int coveredBytes, int hmacBytes) {
        int bodyBytes = coveredBytes + AttributeCursor.HEADER_BYTES + hmacBytes - StunHeader.HEADER_BYTES;
        byte[] header = new byte[StunHeader.HEADER_BYTES];
        AbsoluteAccess.get(memory, messageOffset, header);
        ByteBuffer.wrap(header).putShort(StunHeader.LENGTH_OFFSET, (short) bodyBytes);
        try {
            Mac mac = (Mac) (algorithm.equals("HmacSHA1") ? HMAC_SHA1 : HMAC_SHA256).clone();
            // HMAC pads its key with zeros, so one zero byte is the empty key that SecretKeySpec refuses.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
            mac.update(header);
            mac.update(AbsoluteAccess.slice(
                    memory, messageOffset + StunHeader.HEADER_BYTES, coveredBytes - StunHeader.HEADER_BYTES));
            return mac.doFinal();
        } catch (GeneralSecurityException | CloneNotSupportedException e) {
            throw new IllegalStateException("every Java has " + algorithm + ", and can clone it", e);
        }
    }

    private static Mac mac(String algorithm) {
        try {
            return Mac.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private static boolean verify(String algorithm, int type, ByteBuffer memory, int offset, int length, byte[] key) {
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
            String algorithm, ByteBuffer memory, int offset, int valueOffset, int hmacBytes, byte[] key) {
        byte[] found = new byte[hmacBytes];
        AbsoluteAccess.get(memory, valueOffset, found);
        int coveredBytes = valueOffset - AttributeCursor.HEADER_BYTES - offset;
        byte[] computed = hmac(algorithm, key, memory, offset, coveredBytes, hmacBytes);
        return MessageDigest.isEqual(found, Arrays.copyOf(computed, hmacBytes));
    }

    private static String longTermInput(String username, String realm, String password) {
        return username + ":" + OpaqueString.prepare(realm) + ":" + OpaqueString.prepare(password);
    }

    private static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
