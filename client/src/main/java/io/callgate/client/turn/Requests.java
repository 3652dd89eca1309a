package io.callgate.client.turn;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Login;
import io.callgate.model.ErrorCode;
import io.callgate.model.RelayUsername;
import io.callgate.model.TimeSource;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Requests of one login over one connection: proven from the first challenge on, repeated with each new nonce.
///
/// What a relay has challenged one connection with is good for the next one to it (RFC 8489 §9.2.3.2), at relays
/// that bind a nonce to no connection: one round trip less. Others challenge anew, and nothing is lost.
final class Requests {
    static final int UNAUTHENTICATED = 401;
    private static final int STALE_NONCE = 438;
    private static final int LARGEST_REQUEST_BYTES = 4096;

    /// The challenge, and one nonce that went stale meanwhile.
    private static final int MOST_TRIES = 3;

    private final StunConnection connection;
    private final Login login;
    private final TimeSource time;
    private final SecureRandom random = new SecureRandom();

    /// Of another connection; never the last word.
    private final @Nullable Proof borrowed;

    private volatile @Nullable Proof proof;

    /// @param borrowed by which another connection to the same relay proves the same login; null for none
    Requests(StunConnection connection, Login login, TimeSource time, @Nullable Proof borrowed) {
        this.connection = connection;
        this.login = login;
        this.time = time;
        this.borrowed = borrowed;
        this.proof = borrowed;
    }

    /// By which the next request is proven; null before the first challenge.
    @Nullable
    Proof proof() {
        return proof;
    }

    StunConnection connection() {
        return connection;
    }

    static int errorOf(Message answer) {
        return answer.find(Attribute.ErrorCode.class)
                .map(Attribute.ErrorCode::code)
                .orElse(0);
    }

    /// Asks until the relay answers something else than a new challenge.
    Message ask(int method, Attempt attempt, Attribute... attributes) {
        Proof sent = proof;
        Message answer = askOnce(method, attempt, sent, attributes);
        for (int tries = 1; tries < MOST_TRIES && isChallenge(answer, sent); tries++) {
            sent = Proof.of(login, answer)
                    .orElseThrow(() -> incomplete("a challenge without realm, nonce or password algorithms"));
            proof = sent;
            answer = askOnce(method, attempt, sent, attributes);
        }
        return answer;
    }

    /// A 401 to a request that was proven by this connection's own challenge is the last word, a 438 is not.
    private boolean isChallenge(Message answer, @Nullable Proof sent) {
        int error = errorOf(answer);
        return error == STALE_NONCE || (error == UNAUTHENTICATED && (sent == null || sent.equals(borrowed)));
    }

    private Message askOnce(int method, Attempt attempt, @Nullable Proof with, Attribute... attributes) {
        TransactionId id = TransactionId.random(random);
        byte[] memory = new byte[LARGEST_REQUEST_BYTES];
        int length = encode(memory, MessageClass.REQUEST, method, id, with, attributes);
        return connection.ask(id, memory, length, with, attempt);
    }

    /// Asks once, and takes a challenge for an answer.
    Message askUnproven(int method, Attempt attempt, Attribute... attributes) {
        return askOnce(method, attempt, null, attributes);
    }

    /// One Binding, which needs no proof.
    Message bind(Attempt attempt) {
        return askUnproven(Method.BINDING, attempt);
    }

    /// Sends a request and does not wait for what comes of it.
    void tell(int method, Attribute... attributes) {
        byte[] memory = new byte[LARGEST_REQUEST_BYTES];
        int length = encode(memory, MessageClass.REQUEST, method, TransactionId.random(random), proof, attributes);
        try {
            connection.send(memory, length);
        } catch (IOException e) {
            // The relay finds out by itself, when the lifetime is over.
        }
    }

    private static int encode(
            byte[] memory,
            MessageClass kind,
            int method,
            TransactionId id,
            @Nullable Proof with,
            Attribute... attributes) {
        MessageEncoder encoder = MessageEncoder.begin(ByteBuffer.wrap(memory), 0, kind, method, id);
        for (Attribute attribute : attributes) {
            encoder.add(attribute);
        }
        if (with != null) {
            with.seal(encoder);
        }
        return encoder.finish();
    }

    /// @param what was asked for, as a person would say it
    /// @return the answer, if it is a success
    Message accepted(String what, Message answer) {
        if (answer.type() == MessageClass.SUCCESS) {
            return answer;
        }
        int error = errorOf(answer);
        String reason = answer.find(Attribute.ErrorCode.class)
                .map(Attribute.ErrorCode::reason)
                .orElse("");
        String cause = connection.relay() + " refuses " + what + ": " + error + " " + reason;
        throw switch (error) {
            case UNAUTHENTICATED, STALE_NONCE -> credentialRefused(cause);
            case 403 ->
                new PathException(
                        ErrorCode.DESTINATION_FORBIDDEN, cause, "allow that destination for the app at the relay");
            case 486 ->
                new PathException(
                        ErrorCode.QUOTA_EXCEEDED, cause, "end other calls of this user, or raise the app's limits");
            case 508 -> new PathException(ErrorCode.RELAY_FULL, cause, "give the relay more relay ports");
            default -> new PathException(ErrorCode.RELAY_REFUSED, cause, "look into the relay's log");
        };
    }

    private PathException credentialRefused(String cause) {
        Optional<RelayUsername> timed = RelayUsername.parse(login.name());
        boolean expired = timed.isPresent() && timed.get().expiresAt().isBefore(time.now());
        return new PathException(
                ErrorCode.CREDENTIAL_REFUSED,
                cause
                        + timed.map(name -> expired
                                        ? "; the credential has expired at " + name.expiresAt()
                                        : "; the credential is good until " + name.expiresAt()
                                                + " by this machine's clock")
                                .orElse(""),
                expired ? "get a new one" : "check user name, password and both clocks; get a new credential");
    }

    PathException incomplete(String what) {
        return new PathException(
                ErrorCode.NOT_A_RELAY,
                connection.relay() + " answers with " + what,
                "check that a TURN server listens there");
    }
}
