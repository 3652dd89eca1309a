package io.callgate.cli;

import io.callgate.client.check.Finding;
import io.callgate.client.check.NetworkCheck;
import io.callgate.client.check.Way;

/// A line on stderr for each step of `doctor`: whoever waits sees for what.
final class DoctorProgress implements NetworkCheck.Progress {
    private final Terminal terminal;

    DoctorProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onStep(Way way, String step) {
        terminal.say(way.title() + ": " + step + " ...");
    }

    @Override
    public void onFinding(Finding finding) {
        terminal.say(finding.way().title() + ": " + (finding.passed() ? "passed" : "failed") + " after "
                + finding.millis() + " ms");
    }
}
