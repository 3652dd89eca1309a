package io.callgate.rtc;

import io.callgate.client.Plan;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.service.RemoteStream;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Something to tell by each event there is.
final class EventValues {
    private static final Map<Class<?>, Object> USUAL = Map.of(
            String.class,
            "alice",
            boolean.class,
            true,
            int.class,
            640,
            long.class,
            7L,
            Duration.class,
            Duration.ofSeconds(1),
            Instant.class,
            Instant.EPOCH,
            Throwable.class,
            new IllegalArgumentException("a defect"),
            Failure.class,
            new Failure(ErrorCode.TCP_REFUSED, "nobody there", "start it"),
            RemoteStream.class,
            new RemoteStream("camera", "alice", true, true),
            Plan.class,
            new Plan(1, EffectivePath.DIRECT, false, "", List.of(), false, Dialer.direct(), Optional.empty()));

    private EventValues() {}

    static Object[] of(Method event) {
        return Stream.of(event.getParameterTypes()).map(EventValues::of).toArray();
    }

    private static Object of(Class<?> type) {
        return type.isEnum() ? type.getEnumConstants()[0] : Objects.requireNonNull(USUAL.get(type), type.getName());
    }
}
