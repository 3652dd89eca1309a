package io.callgate.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CausesTest {
    /// As the systems say it.
    static Stream<Arguments> connects() {
        return Stream.of(
                Arguments.of(new NoRouteToHostException("No route to host"), ErrorCode.NO_ROUTE),
                Arguments.of(new ConnectException("Network is unreachable"), ErrorCode.NO_ROUTE),
                Arguments.of(new SocketException("Network is unreachable: connect"), ErrorCode.NO_ROUTE),
                Arguments.of(new SocketTimeoutException("Connect timed out"), ErrorCode.TCP_BLOCKED),
                Arguments.of(new ConnectException("Connection refused"), ErrorCode.TCP_REFUSED),
                Arguments.of(new SocketException("Connection reset"), ErrorCode.TCP_RESET));
    }

    @ParameterizedTest
    @MethodSource("connects")
    void aConnectThatFailsIsNamed(IOException e, ErrorCode code) {
        PathException failure = Causes.ofConnect("relay.test:443", e, 5000);

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.failure().cause()).contains("relay.test:443");
        assertThat(failure.failure().mend()).isNotEmpty();
        assertThat(failure).hasCause(e);
    }

    static Stream<Arguments> streams() {
        return Stream.of(
                Arguments.of(new SocketTimeoutException("Read timed out"), ErrorCode.TCP_BLOCKED, "says nothing"),
                Arguments.of(new EOFException("end of stream"), ErrorCode.TCP_RESET, "is ended"),
                Arguments.of(new SocketException("Connection reset"), ErrorCode.TCP_RESET, "is reset"));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void aStreamThatFailsIsNamed(IOException e, ErrorCode code, String cause) {
        PathException failure = Causes.ofStream("relay.test:443", "asking", e, 5000);

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.failure().cause()).contains(cause, "asking");
    }
}
