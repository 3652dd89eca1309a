package io.callgate.client.check;

import io.callgate.client.failure.Failure;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What came of trying one way.
///
/// @param passed whether a call would get through; without a credential: whether the relay answered
/// @param millis the whole try, measuring included
/// @param rttMillis from this machine through the relay and back, median
/// @param lossPercent of datagrams there and back; empty where nothing was measured
/// @param kbitPerSecond at least this much passed; no more was tried than one call needs many times over
/// @param failure why it did not pass, or what was not measured
public record Finding(
        Way way,
        boolean passed,
        long millis,
        OptionalDouble rttMillis,
        OptionalDouble lossPercent,
        OptionalLong kbitPerSecond,
        Optional<Failure> failure) {
    static Finding failed(Way way, long millis, Failure failure) {
        return new Finding(
                way,
                false,
                millis,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                Optional.of(failure));
    }
}
