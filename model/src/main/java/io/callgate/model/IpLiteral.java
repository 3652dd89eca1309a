package io.callgate.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The text form of [IpAddress]: strict reading, RFC 5952 writing.
///
/// Not `InetAddress`: that asks DNS for what is no literal, and takes `127.1` and `0177.0.0.1` for loopback.
final class IpLiteral {
    private static final int GROUPS = 8;

    private IpLiteral() {}

    static IpAddress parse(String literal) {
        IpAddress address = literal.indexOf(':') < 0 ? v4(literal) : v6(literal);
        if (address == null) {
            throw new IllegalArgumentException("\"" + literal + "\" is no IP address: want 192.0.2.1 or 2001:db8::1");
        }
        return address;
    }

    static String print(IpAddress address) {
        if (address.isV4()) {
            long bits = address.low();
            return (bits >>> 24 & 255) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < 4 ? address.high() : address.low();
            groups[i] = (int) (half >>> (48 - 16 * (i & 3))) & 0xFFFF;
        }
        int gapStart = -1;
        int gapGroups = 1; // RFC 5952 §4.2.2: one zero group alone is written
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > gapGroups) {
                gapStart = i;
                gapGroups = run;
            }
            i += run;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapGroups - 1;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static @Nullable IpAddress v4(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != 4) {
            return null;
        }
        int bits = 0;
        for (String octet : octets) {
            boolean isDecimal = !octet.isEmpty()
                    && octet.length() <= 3
                    && octet.chars().allMatch(character -> character >= '0' && character <= '9')
                    && (octet.length() == 1 || octet.charAt(0) != '0'); // some read 010 as octal: refuse it
            if (!isDecimal || Integer.parseInt(octet) > 255) {
                return null;
            }
            bits = bits << 8 | Integer.parseInt(octet);
        }
        return IpAddress.ofV4(bits);
    }

    private static @Nullable IpAddress v6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            List<Integer> groups = groups(text, true);
            return groups == null || groups.size() != GROUPS ? null : address(groups);
        }
        List<Integer> head = groups(text.substring(0, gap), false);
        List<Integer> tail = groups(text.substring(gap + 2), true);
        if (head == null || tail == null || head.size() + tail.size() >= GROUPS) {
            return null;
        }
        List<Integer> groups = new ArrayList<>(head);
        while (groups.size() < GROUPS - tail.size()) {
            groups.add(0);
        }
        groups.addAll(tail);
        return address(groups);
    }

    /// The 16-bit groups of one side of `::`; only the very end of an address may be dotted.
    private static @Nullable List<Integer> groups(String text, boolean mayEndDotted) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return groups;
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (mayEndDotted && i == parts.length - 1 && part.indexOf('.') >= 0) {
                IpAddress dotted = v4(part);
                if (dotted == null) {
                    return null;
                }
                groups.add((int) dotted.low() >>> 16);
                groups.add((int) dotted.low() & 0xFFFF);
                continue;
            }
            boolean isHex = !part.isEmpty()
                    && part.length() <= 4
                    && part.chars().allMatch(character -> Character.digit(character, 16) >= 0 && character < 128);
            if (!isHex) {
                return null;
            }
            groups.add(Integer.parseInt(part, 16));
        }
        return groups;
    }

    private static IpAddress address(List<Integer> groups) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < 4; i++) {
            high = high << 16 | groups.get(i);
            low = low << 16 | groups.get(i + 4);
        }
        return new IpAddress(high, low);
    }
}
