package io.callgate.client.turn;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.TransactionId;
import java.io.Closeable;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One connection to a relay: pairs answers with requests, and hands on everything that is no answer.
final class StunConnection implements Closeable {
    /// RFC 8489 §6.2.1: the first repetition, then twice as long each time. Shorter than its 500 ms, since one
    /// client asks one relay here and a call waits for it.
    private static final int FIRST_REPETITION_MILLIS = 250;

    private final MessagePipe pipe;
    private final String relay;
    private final TimeSource time;
    private final Inbound inbound;
    private final Map<TransactionId, Pending> pending = new ConcurrentHashMap<>();
    private volatile @Nullable PathException endedBy;
    private volatile boolean closed;

    /// Whether ICMP said "port unreachable" since the last message of the relay.
    private volatile boolean rejected;

    private volatile long lastHeardNanos;

    /// What is no answer: indications and channel data. On the reader thread.
    interface Inbound {
        void onMessage(ByteBuffer memory, int length);

        /// Not told after [#close].
        void onEnded(PathException why);
    }

    private record Pending(@Nullable Proof proof, CompletableFuture<Message> answer) {
        /// RFC 8489 §9.2.5: a success that is not proven is as good as none; an error need not be proven.
        boolean takes(ByteBuffer memory, int length) {
            return proof == null
                    || StunHeader.messageClass(memory, 0) != MessageClass.SUCCESS
                    || proof.isProven(memory, length);
        }
    }

    StunConnection(MessagePipe pipe, String relay, TimeSource time, Inbound inbound) {
        this.pipe = pipe;
        this.relay = relay;
        this.time = time;
        this.inbound = inbound;
        lastHeardNanos = time.nanos();
        Thread reader = new Thread(this::read, "callgate-turn");
        reader.setDaemon(true);
        reader.start();
    }

    String relay() {
        return relay;
    }

    MessagePipe pipe() {
        return pipe;
    }

    long lastHeardNanos() {
        return lastHeardNanos;
    }

    /// Asks and waits. On UDP the request is repeated until it is answered or the attempt is over.
    ///
    /// @param proof that the request was sealed with, and its answer must have; null for none
    Message ask(TransactionId id, byte[] request, int length, @Nullable Proof proof, Attempt attempt) {
        CompletableFuture<Message> answer = new CompletableFuture<>();
        pending.put(id, new Pending(proof, answer));
        PathException over = endedBy; // read after the put: whoever ends the connection first sets it, then looks
        if (over != null) {
            pending.remove(id);
            throw over;
        }
        int patienceMillis = attempt.leftMillis();
        int repetitionMillis = FIRST_REPETITION_MILLIS;
        try {
            while (true) {
                sendUnlessRejected(request, length);
                int waitMillis = attempt.leftMillis();
                if (!pipe.isReliable()) {
                    waitMillis = Math.min(waitMillis, repetitionMillis);
                    repetitionMillis *= 2;
                }
                Optional<Message> arrived = await(answer, waitMillis);
                if (arrived.isPresent()) {
                    return arrived.get();
                }
                if (attempt.isOver()) {
                    throw silent(patienceMillis);
                }
            }
        } catch (IOException e) {
            throw broken(e);
        } finally {
            pending.remove(id);
        }
    }

    /// A rejected datagram is like a lost one: the relay may be starting, and the next repetition gets through.
    private void sendUnlessRejected(byte[] request, int length) throws IOException {
        try {
            pipe.send(request, length);
        } catch (PortUnreachableException e) {
            rejected = true;
        }
    }

    private static Optional<Message> await(CompletableFuture<Message> answer, int waitMillis) {
        try {
            return Optional.of(answer.get(waitMillis, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PathException known) {
                throw known;
            }
            throw new IllegalStateException("only the reader ends requests", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PathException(ErrorCode.RELAY_SILENT, "interrupted while waiting for the relay", "try again", e);
        }
    }

    void send(byte[] message, int length) throws IOException {
        pipe.send(message, length);
    }

    @Override
    public void close() {
        closed = true;
        try {
            pipe.close();
        } catch (IOException e) {
            // It is given up anyway.
        }
    }

    private void read() {
        byte[] memory = new byte[MessagePipe.LARGEST_BYTES];
        ByteBuffer view = ByteBuffer.wrap(memory);
        while (true) {
            int length;
            try {
                length = pipe.receive(memory);
            } catch (IOException e) {
                if (!closed && e instanceof PortUnreachableException) {
                    rejected = true;
                    continue;
                }
                end(broken(e));
                return;
            }
            lastHeardNanos = time.nanos();
            rejected = false;
            if (!isAnswer(view, length)) {
                try {
                    inbound.onMessage(view, length);
                } catch (RuntimeException e) {
                    end(receiverFailed(e));
                    return;
                }
            } else {
                answer(view, length);
            }
        }
    }

    /// Why nothing comes any more; empty while it may. From any thread.
    Optional<PathException> endedBy() {
        return Optional.ofNullable(endedBy);
    }

    private void end(PathException why) {
        endedBy = why;
        pending.values().forEach(waiting -> waiting.answer().completeExceptionally(why));
        if (!closed) {
            inbound.onEnded(why);
        }
    }

    private static boolean isAnswer(ByteBuffer memory, int length) {
        if (!StunHeader.looksLikeStun(memory, 0, length)) {
            return false;
        }
        MessageClass kind = StunHeader.messageClass(memory, 0);
        return kind == MessageClass.SUCCESS || kind == MessageClass.ERROR;
    }

    private void answer(ByteBuffer memory, int length) {
        Pending waiting = pending.get(TransactionId.of(memory, 0));
        if (waiting == null || !waiting.takes(memory, length)) {
            return; // late, repeated or forged
        }
        try {
            waiting.answer().complete(MessageDecoder.decode(memory, 0, length));
        } catch (MalformedPacket e) {
            waiting.answer()
                    .completeExceptionally(new PathException(
                            ErrorCode.NOT_A_RELAY,
                            relay + " answers with a broken message: " + e.getMessage(),
                            "check that a TURN server listens there",
                            e));
        }
    }

    /// Else its thread would end without a word, and the tunnel with it.
    private PathException receiverFailed(RuntimeException e) {
        return new PathException(
                ErrorCode.INVALID_ARGUMENT,
                "the receiver of the tunnel through " + relay + " failed on what arrived: " + e,
                "mend the receiver: it must not throw",
                e);
    }

    private PathException silent(int patienceMillis) {
        return pipe.isReliable()
                ? new PathException(
                        ErrorCode.RELAY_SILENT,
                        relay + " accepts the connection and does not answer within " + patienceMillis + " ms",
                        "check that a TURN server listens there; a firewall that looks into connections does this too")
                : new PathException(
                        ErrorCode.UDP_BLOCKED,
                        "UDP to " + relay
                                + (rejected ? " is rejected" : " gets no answer within " + patienceMillis + " ms"),
                        rejected
                                ? "nothing listens there, or a firewall rejects it: open UDP to that address and port"
                                : "a firewall drops it: open UDP to that address and port");
    }

    private PathException broken(IOException e) {
        if (closed) {
            return new PathException(
                    ErrorCode.RELAY_SILENT, "the connection to " + relay + " was closed", "open it again", e);
        }
        if (e instanceof MessagePipe.NotTurnException) {
            return new PathException(
                    ErrorCode.NOT_A_RELAY,
                    relay + " speaks something else than TURN",
                    "check the port; a firewall's own page looks like this too",
                    e);
        }
        return pipe.isReliable()
                ? new PathException(
                        ErrorCode.TCP_RESET,
                        relay + " or somebody on the way has ended the connection",
                        "a firewall that looks into connections does this: exempt that address; else look at the relay",
                        e)
                : new PathException(
                        ErrorCode.NO_ROUTE, "UDP to " + relay + " fails: " + e.getMessage(), "check the network", e);
    }
}
