package io.callgate.cli;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// The few forms of DER (X.690) that a certificate is written in.
final class Der {
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /// RFC 5280 §4.1.2.5: two-digit years up to 2049, four-digit ones from then on.
    private static final Instant FIRST_GENERALIZED_TIME = Instant.parse("2050-01-01T00:00:00Z");

    private static final byte[] TRUE = {1, 1, (byte) 0xFF};

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return tagged(0x30, parts);
    }

    static byte[] integer(BigInteger value) {
        return tagged(0x02, value.toByteArray());
    }

    static byte[] octets(byte[] content) {
        return tagged(0x04, content);
    }

    /// @param content whole bytes, or with `unusedBits` in the last one that do not count
    static byte[] bits(int unusedBits, byte[] content) {
        return tagged(0x03, new byte[] {(byte) unusedBits}, content);
    }

    static byte[] yes() {
        return TRUE.clone();
    }

    static byte[] time(Instant at) {
        return at.isBefore(FIRST_GENERALIZED_TIME)
                ? tagged(0x17, ascii(UTC_TIME.format(at)))
                : tagged(0x18, ascii(GENERALIZED_TIME.format(at)));
    }

    /// Constructed, explicit.
    static byte[] explicit(int tag, byte[]... parts) {
        return tagged(0xA0 | tag, parts);
    }

    /// Primitive, implicit.
    static byte[] implicit(int tag, byte[] content) {
        return tagged(0x80 | tag, content);
    }

    /// @param dotted such as 1.2.840.10045.4.3.2
    static byte[] objectIdentifier(String dotted) {
        List<Integer> arcs =
                List.of(dotted.split("\\.", -1)).stream().map(Integer::parseInt).toList();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(arcs.get(0) * 40 + arcs.get(1));
        for (int arc : arcs.subList(2, arcs.size())) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arc >>> shift != 0) {
                    content.write(0x80 | ((arc >>> shift) & 0x7F));
                }
            }
            content.write(arc & 0x7F);
        }
        return tagged(0x06, content.toByteArray());
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = content.size();
        if (length >= 0x80) {
            byte[] digits = BigInteger.valueOf(length).toByteArray();
            int leading = digits[0] == 0 ? 1 : 0;
            whole.write(0x80 | (digits.length - leading));
            whole.write(digits, leading, digits.length - leading);
        } else {
            whole.write(length);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
