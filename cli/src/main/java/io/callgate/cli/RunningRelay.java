package io.callgate.cli;

import io.callgate.model.DesiredState;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayException;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.link.LinkException;
import io.callgate.relay.link.LinkMemory;
import io.callgate.relay.link.LinkedRelay;
import java.util.Optional;

/// The relay of a process, alone or with control above it.
record RunningRelay(Relay relay, Optional<LinkedRelay> link) implements AutoCloseable {
    /// @param control empty: the apps are in the file
    /// @throws CommandFailed with every reason why it does not start
    static RunningRelay start(
            DesiredState own, RelayOptions options, Optional<RelayConfig.ControlLink> control, LinkMemory memory) {
        try {
            if (control.isEmpty()) {
                return new RunningRelay(Relay.start(own, options), Optional.empty());
            }
            LinkedRelay linked = LinkedRelay.start(own, options, control.get().options(memory));
            return new RunningRelay(linked.relay(), Optional.of(linked));
        } catch (RelayException e) {
            throw new CommandFailed(String.join("\n", e.problems()), e);
        } catch (LinkException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /// @throws RelayException with every problem; the old state stays in force
    void apply(DesiredState own) {
        link.ifPresentOrElse(linked -> linked.apply(own), () -> relay.apply(own));
    }

    @Override
    public void close() {
        link.ifPresentOrElse(LinkedRelay::close, relay::close);
    }
}
