package io.callgate.e2e;

import java.util.Locale;

/// How much of the laboratory runs: `-Dlab=smoke` or `-Dlab=whole`.
enum LabSize {
    /// Each way once, with its negative twins: what every change must pass.
    SMOKE,
    /// Everything, and series that can be compared.
    WHOLE;

    static LabSize chosen() {
        String chosen = System.getProperty("lab", "");
        try {
            return valueOf(chosen.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("-Dlab=" + chosen + ": it is smoke or whole", e);
        }
    }

    boolean includes(LabSize other) {
        return other.compareTo(this) <= 0;
    }
}
