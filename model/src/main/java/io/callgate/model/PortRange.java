package io.callgate.model;

/// Ports from `first` to `last`, both included, within 1..65535.
public record PortRange(int first, int last) {
    public static final PortRange ALL = new PortRange(1, 65535);

    public PortRange {
        if (first < 1 || last > 65535) {
            throw new IllegalArgumentException(
                    "ports " + (first == last ? "" + first : first + "-" + last) + ": a port is within 1 to 65535");
        }
        if (first > last) {
            throw new IllegalArgumentException(
                    "ports " + first + "-" + last + ": the first is above the last; write " + last + "-" + first);
        }
    }

    public static PortRange of(int port) {
        return new PortRange(port, port);
    }

    /// @param text `443` or `1-65535`
    public static PortRange parse(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? of(port(text, text))
                : new PortRange(port(text.substring(0, dash), text), port(text.substring(dash + 1), text));
    }

    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    public boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }

    private static int port(String digits, String whole) {
        boolean isNumber = !digits.isEmpty()
                && digits.length() <= 5
                && digits.chars().allMatch(character -> character >= '0' && character <= '9');
        if (!isNumber) {
            throw new IllegalArgumentException("ports \"" + whole + "\": want a port (443) or a range (1000-2000)");
        }
        return Integer.parseInt(digits);
    }
}
