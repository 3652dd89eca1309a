package io.callgate.e2e;

import io.callgate.testkit.Impairment;
import java.util.ArrayList;
import java.util.List;

/// The laboratory's result: one row a call, as Markdown.
final class LabTable {
    private final List<String> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    synchronized void add(Scenario scenario, CallResult result) {
        String verdict = scenario.isMetBy(result)
                ? "as expected"
                : scenario.isInvalidatedBy(result) ? "INVALID, the machine was busy" : "NOT as expected";
        add(scenario, result, verdict);
    }

    /// @param verdict in place of what the scenario by itself expects
    synchronized void add(Scenario scenario, CallResult result, String verdict) {
        rows.add("| %s | %s | %s | %s | %s | %s | %s: %s | %s | %s |"
                .formatted(
                        scenario.name(),
                        scenario.impairment().equals(Impairment.NONE)
                                ? scenario.firewall()
                                : scenario.firewall() + ", " + scenario.impairment(),
                        scenario.relay(),
                        scenario.media(),
                        scenario.signalling(),
                        scenario.expected(),
                        result.outcome(),
                        verdict,
                        result.figures(),
                        result.why()));
    }

    /// A line below the table.
    synchronized void note(String text) {
        notes.add(text);
    }

    synchronized String text() {
        return "| scenario | firewall | relay | media | signalling | expected | result | join→frame ms | fps | longest"
                + " gap ms | corp↔cloud packets | why |\n" + "|---".repeat(12) + "|\n" + String.join("\n", rows) + "\n"
                + String.join("\n", notes) + "\n";
    }
}
