package io.callgate.control.store;

import java.util.ArrayList;
import java.util.List;

/// Values for an `in (…)`.
final class InList {
    private InList() {}

    /// Filled up with its last value to a power of two: lists of every length make a few statements, which
    /// databases keep parsed, and not one each.
    static <T> List<T> of(List<T> values) {
        List<T> filled = new ArrayList<>(values);
        while (Integer.bitCount(filled.size()) > 1) {
            filled.add(values.getLast());
        }
        return filled;
    }
}
