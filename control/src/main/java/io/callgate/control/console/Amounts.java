package io.callgate.control.console;

import java.util.Locale;

/// Numbers as people read them.
final class Amounts {
    private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB", "PB"};
    private static final String[] BITS = {"kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    private static final double STEP = 1000;

    private Amounts() {}

    /// With a comma between thousands.
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String bytes(long bytes) {
        return scaled(bytes, BYTES);
    }

    static String rate(long kbitPerSecond) {
        return scaled(kbitPerSecond, BITS);
    }

    /// Hours and minutes.
    static String duration(long seconds) {
        long minutes = seconds / 60;
        return minutes < 60
                ? minutes + " min"
                : String.format(Locale.ROOT, "%,d h %02d min", minutes / 60, minutes % 60);
    }

    private static String scaled(long amount, String[] units) {
        double value = amount;
        int unit = 0;
        while (value >= STEP && unit < units.length - 1) {
            value /= STEP;
            unit++;
        }
        return unit == 0
                ? amount + " " + units[0]
                : String.format(Locale.ROOT, value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }
}
