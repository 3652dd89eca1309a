package io.callgate.control.rest;

import io.callgate.model.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How many leases this control has refused since it started, by reason. Safe on every thread.
final class RefusalCounts {
    private final Map<ErrorCode, LongAdder> counts = new EnumMap<>(ErrorCode.class); // not changed once made

    RefusalCounts() {
        for (ErrorCode code : ErrorCode.values()) {
            counts.put(code, new LongAdder());
        }
    }

    void count(ErrorCode code) {
        adder(code).increment();
    }

    /// Those that happened.
    Map<ErrorCode, Long> all() {
        Map<ErrorCode, Long> all = new EnumMap<>(ErrorCode.class);
        counts.forEach((code, count) -> {
            long amount = count.sum();
            if (amount > 0) {
                all.put(code, amount);
            }
        });
        return all;
    }

    private LongAdder adder(ErrorCode code) {
        LongAdder adder = counts.get(code);
        if (adder == null) {
            throw new IllegalStateException("no count for " + code);
        }
        return adder;
    }
}
