package io.callgate.client;

import io.callgate.client.net.HostPort;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What a [LeaseStore] holds: the last good lease, and the entry that gave it.
record KeptLease(Lease lease, Optional<HostPort> entry) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// @throws IllegalArgumentException if the text is none; the message holds none of its secrets
    static KeptLease parse(String text) {
        Lease lease = LeaseJson.parseLease(text);
        Optional<String> entry = MAPPER.readTree(text).path("entry").asStringOpt();
        return new KeptLease(lease, entry.map(Entries::parse));
    }

    String text() {
        var document = LeaseJson.write(lease);
        entry.ifPresent(name -> document.put("entry", name.toString()));
        return document.toString();
    }
}
