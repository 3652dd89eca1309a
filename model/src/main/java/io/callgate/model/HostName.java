package io.callgate.model;

import java.util.Locale;
import java.util.regex.Pattern;

/// A name of the DNS, never an address. Made lower case and without a final dot.
public record HostName(String value) {
    private static final int LONGEST = 253;

    // RFC 1123 §2.1, and the underscore that the DNS allows and some names have.
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");

    // RFC 3696 §2: the last label is never a number. 127.1, 0x7f.1 and 2130706433 are addresses to some
    // resolvers, and 10.0.0.256 is a mistyped one, so they are neither to us.
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    public HostName {
        String name = value.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (!isName(name)) {
            throw new IllegalArgumentException("host \"" + value
                    + "\": want a name such as sfu.example.com (an address goes into a network rule)");
        }
        value = name;
    }

    private static boolean isName(String name) {
        if (name.length() > LONGEST) {
            return false;
        }
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return !NUMBER.matcher(labels[labels.length - 1]).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
