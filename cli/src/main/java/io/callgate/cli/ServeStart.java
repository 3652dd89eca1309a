package io.callgate.cli;

import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How `serve` was started: a relay file, and what the command line makes of it.
///
/// @param listener the only listener, if it is named on the command line or the file names none
/// @param overridesFile whether it also replaces listeners that the file names
/// @param allow come on top of the destinations of the file's first app; where control has the apps, of app `demo`
record ServeStart(Path config, Optional<Endpoint> listener, boolean overridesFile, List<DestinationRule> allow) {
    ServeStart {
        allow = List.copyOf(allow);
    }

    /// Whether the file names neither apps nor another control: then serve's own control has the apps.
    boolean leavesAppsToControl() {
        return RelayFile.read(config)
                .config()
                .filter(RelayConfig::leavesAppsToServe)
                .isPresent();
    }

    RelayConfig applyTo(RelayConfig file) {
        RelayConfig changed = listener.filter(
                        chosen -> overridesFile || file.listeners().isEmpty())
                .map(chosen -> file.withListeners(List.of(RelayConfig.listener(chosen.address(), chosen.port()))))
                .orElse(file);
        return file.leavesAppsToServe() ? changed.withOpened(allow) : changed.withAllowed(allow);
    }
}
