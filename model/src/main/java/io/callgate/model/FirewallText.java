package io.callgate.model;

import java.nio.charset.StandardCharsets;

/// What the rules of different firewalls have in common as text.
final class FirewallText {
    private FirewallText() {}

    /// The beginning of a text that fits into so many bytes of UTF-8, no character of it cut.
    static String cut(String text, int mostBytes) {
        StringBuilder kept = new StringBuilder();
        int bytes = 0;
        for (int point : text.codePoints().toArray()) {
            bytes += new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > mostBytes) {
                break;
            }
            kept.appendCodePoint(point);
        }
        return kept.toString();
    }

    /// For a command line that takes ASCII, and asks for help at each question mark.
    static String ascii(String text) {
        return text.replaceAll("[^ -~]|\\?", "").strip();
    }

    /// `255.255.255.0` for 24.
    static String netmask(int prefixBits) {
        return dotted(prefixBits == 0 ? 0 : -1 << (32 - prefixBits));
    }

    /// `0.0.0.255` for 24.
    static String wildcard(int prefixBits) {
        return dotted(prefixBits == 0 ? -1 : ~(-1 << (32 - prefixBits)));
    }

    private static String dotted(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xFF) + "." + (bits >>> 8 & 0xFF) + "." + (bits & 0xFF);
    }
}
