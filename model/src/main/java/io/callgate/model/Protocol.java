package io.callgate.model;

import java.util.Locale;

/// What carries bytes above IP, as destination rules, listeners and allowlists know it.
public enum Protocol {
    UDP,
    TCP;

    /// @param text `udp` or `tcp`, in any case
    public static Protocol parse(String text) {
        if (text.equalsIgnoreCase("udp")) {
            return UDP;
        }
        if (text.equalsIgnoreCase("tcp")) {
            return TCP;
        }
        throw new IllegalArgumentException("protocol \"" + text + "\": want udp or tcp");
    }

    /// `udp` or `tcp`: the form of files, JSON and tables.
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
