package io.callgate.doctor;

import io.callgate.client.check.Finding;
import io.callgate.client.check.NetworkCheck;
import io.callgate.client.check.Way;
import java.io.PrintWriter;

/// A line on stderr for each step: whoever waits sees for what.
final class ProgressLines implements NetworkCheck.Progress {
    private final PrintWriter err;

    ProgressLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void onStep(Way way, String step) {
        say(way.title() + ": " + step + " ...");
    }

    @Override
    public void onFinding(Finding finding) {
        say(finding.way().title() + ": " + (finding.passed() ? "passed" : "failed") + " after " + finding.millis()
                + " ms");
    }

    private void say(String line) {
        err.println(line);
        err.flush();
    }
}
