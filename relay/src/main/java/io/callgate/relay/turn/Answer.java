package io.callgate.relay.turn;

import io.callgate.relay.grant.DropReason;
import io.callgate.wire.stun.Attribute;
import java.util.List;

/// What a request is answered with.
sealed interface Answer {
    record Success(List<Attribute> attributes) implements Answer {
        static final Success EMPTY = new Success(List.of());
    }

    /// @param reason what is counted
    /// @param attributes what the error code asks for besides ERROR-CODE
    record Refused(int code, String phrase, DropReason reason, List<Attribute> attributes) implements Answer {
        Refused(int code, String phrase, DropReason reason) {
            this(code, phrase, reason, List.of());
        }

        static Refused badRequest(String why) {
            return new Refused(400, "Bad Request: " + why, DropReason.MALFORMED); // RFC 8489 §14.8
        }

        static Refused forbidden(DropReason reason) {
            return new Refused(403, "Forbidden: " + reason.text(), reason); // RFC 8656 §19
        }

        static Refused noAllocation() {
            return new Refused(437, "Allocation Mismatch", DropReason.NO_ALLOCATION); // RFC 8656 §5
        }

        static Refused unknown(List<Integer> types) {
            return new Refused(
                    420,
                    "Unknown Attribute",
                    DropReason.UNKNOWN_ATTRIBUTE,
                    List.of(new Attribute.UnknownAttributes(types)));
        }

        static Refused wrongUser() {
            return new Refused(441, "Wrong Credentials", DropReason.WRONG_USER);
        }

        static Refused familyUnsupported() {
            return new Refused(440, "Address Family not Supported", DropReason.WRONG_FAMILY);
        }

        static Refused familyMismatch() {
            return new Refused(443, "Peer Address Family Mismatch", DropReason.WRONG_FAMILY);
        }

        static Refused overQuota(DropReason reason) {
            return new Refused(486, "Allocation Quota Reached: " + reason.text(), reason);
        }

        static Refused noCapacity(DropReason reason) {
            return new Refused(508, "Insufficient Capacity: " + reason.text(), reason);
        }
    }
}
