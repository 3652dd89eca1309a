package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenFilesLimitTest {
    private static final RelayConfig CONFIG = RelayConfig.DEFAULT.withListeners(List.of(new ListenerState(
            IpAddress.parse("192.0.2.1"), List.of(new PortRange(1001, 1500)), Set.of(Protocol.UDP, Protocol.TCP))));

    @Test
    void readsTheLinuxTable() {
        assertThat(OpenFilesLimit.parse(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max open files            1024                 524288               files     ")))
                .hasValue(1024);
        assertThat(OpenFilesLimit.parse(List.of("Max open files            unlimited            unlimited   files ")))
                .isEmpty();
        assertThat(OpenFilesLimit.parse(List.of())).isEmpty();
    }

    @Test
    void saysNothingWhereThereIsRoom() {
        assertThat(OpenFilesLimit.check(OptionalLong.empty(), CONFIG, 2)).isEmpty();
        assertThat(OpenFilesLimit.check(OptionalLong.of(65536), CONFIG, 2)).isEmpty();
    }

    @Test
    void warnsWhereThereIsLittleRoom() {
        assertThat(OpenFilesLimit.check(OptionalLong.of(4096), CONFIG, 2))
                .isEqualTo(
                        "the limit of open files (ulimit -n) is 4096: room for about 1968 allocations and connections;"
                                + " raise it, as in: ulimit -n 65536");
    }

    @Test
    void failsWhereTheListenersDoNotFit() {
        assertThatThrownBy(() -> OpenFilesLimit.check(OptionalLong.of(1024), CONFIG, 2))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("the limit of open files (ulimit -n) is 1024: too low for 2000 listener sockets; raise it,"
                        + " as in: ulimit -n 65536");
    }
}
