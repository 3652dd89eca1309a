package io.callgate.wire.stun;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// One STUN message, as decoded: attributes in their order, duplicates included.
///
/// @param type request, indication, success or error
/// @param method one of [Method], or any other number of 12 bits
public record Message(MessageClass type, int method, TransactionId id, List<Attribute> attributes) {
    public Message {
        if (method < 0 || method > 0xFFF) {
            throw new IllegalArgumentException("method " + method + " outside 0..4095");
        }
        attributes = List.copyOf(attributes);
    }

    /// The first attribute of that kind: of duplicates only the first one counts (RFC 8489 §14).
    public <T extends Attribute> Optional<T> find(Class<T> kind) {
        for (Attribute attribute : attributes) { // asked a dozen times a request: no stream
            if (kind.isInstance(attribute)) {
                return Optional.of(kind.cast(attribute));
            }
        }
        return Optional.empty();
    }

    /// All attributes of that kind: XOR-PEER-ADDRESS in CreatePermission (RFC 8656 §10.2), XOR-RELAYED-ADDRESS in
    /// the answer to a dual Allocate (RFC 8656 §7.3).
    public <T extends Attribute> List<T> findAll(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Attribute attribute : attributes) {
            if (kind.isInstance(attribute)) {
                found.add(kind.cast(attribute));
            }
        }
        return found;
    }

    /// Types that must be understood and are not, each once: the content of UNKNOWN-ATTRIBUTES in a 420 answer
    /// (RFC 8489 §6.3.1).
    public List<Integer> unknownRequired() {
        return findAll(Attribute.Unknown.class).stream()
                .filter(Attribute.Unknown::comprehensionRequired)
                .map(Attribute.Unknown::type)
                .distinct()
                .collect(Collectors.toList());
    }
}
