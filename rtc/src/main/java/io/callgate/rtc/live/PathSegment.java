package io.callgate.rtc.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;

/// One segment of a URL's path (RFC 3986 §3.3).
final class PathSegment {
    private static final String UNRESERVED =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"; // RFC 3986 §2.3

    private PathSegment() {}

    static String encoded(String text) {
        boolean isDots = text.equals(".") || text.equals(".."); // which mean other things in a path
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(UTF_8)) {
            char as = (char) (octet & 0xFF);
            if (UNRESERVED.indexOf(as) >= 0 && !isDots) {
                encoded.append(as);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) as));
            }
        }
        return encoded.toString();
    }
}
