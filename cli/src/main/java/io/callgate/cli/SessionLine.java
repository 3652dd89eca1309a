package io.callgate.cli;

import io.callgate.model.SessionRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One line of a session file: a JSON object, as `docs/operate/sessions.md` describes it.
final class SessionLine {
    private SessionLine() {}

    static String of(SessionRecord record, boolean clientAddresses) {
        ObjectNode line = JsonOutput.object();
        line.put("app", record.app().value());
        line.put("subject", record.subject().value());
        ArrayNode ingresses = line.putArray("ingresses");
        record.ingresses().forEach(ingresses::add);
        if (clientAddresses) {
            ArrayNode clients = line.putArray("clients");
            record.clients().forEach(client -> clients.add(client.toString()));
        }
        line.put("began", toMillis(record.began()));
        line.put("ended", toMillis(record.ended()));
        line.put("end", record.end());
        line.put("parts", record.parts());
        line.put("packetsToPeer", record.packetsToPeer());
        line.put("bytesToPeer", record.bytesToPeer());
        line.put("packetsToClient", record.packetsToClient());
        line.put("bytesToClient", record.bytesToClient());
        ObjectNode refusals = line.putObject("refusals");
        record.refusals().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(refusal -> refusals.put(refusal.getKey(), refusal.getValue()));
        return line + "\n";
    }

    /// Stands for records of refused clients that came too fast.
    static String leftOut(long count, Instant now) {
        ObjectNode line = JsonOutput.object();
        line.put("at", toMillis(now));
        line.put("leftOut", count);
        return line + "\n";
    }

    private static String toMillis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
