package io.callgate.relay.tunnel;

import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One request on its way to control, in whichever HTTP: waits for its body, within bounds of size and time,
/// passes it on and gives back one answer. Confined to its client's loop.
final class PassedOn {
    private static final int SECONDS_FOR_BODY = 5;

    private final RelayLoop loop;
    private final Passage passage;
    private final PassedRequest head;
    private final Consumer<HttpAnswer> answer;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Future<?> deadline;
    private boolean hasPassed;

    /// @param answer called once, on the loop
    PassedOn(RelayLoop loop, Passage passage, PassedRequest head, Consumer<HttpAnswer> answer) {
        this.loop = loop;
        this.passage = passage;
        this.head = head;
        this.answer = answer;
        this.deadline = loop.eventLoop().schedule(() -> refuse(Passage.TOO_SLOW), SECONDS_FOR_BODY, TimeUnit.SECONDS);
    }

    /// @param bytes not released here
    void onBody(ByteBuf bytes) {
        if (hasPassed) {
            return;
        }
        if (body.size() + bytes.readableBytes() > Passage.MOST_BODY_BYTES) {
            refuse(Passage.TOO_LARGE);
            return;
        }
        try {
            bytes.getBytes(bytes.readerIndex(), body, bytes.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException("memory takes bytes", e);
        }
    }

    /// The request is whole.
    void onEnd() {
        if (hasPassed) {
            return;
        }
        hasPassed = true;
        deadline.cancel(false);
        passage.pass(head, Bytes.of(body.toByteArray())).thenAccept(this::bringBack);
    }

    private void bringBack(PassageAnswer from) {
        try {
            loop.eventLoop().execute(() -> tell(from));
        } catch (RejectedExecutionException e) {
            // The relay is closed, and its clients with it.
        }
    }

    private void refuse(PassageAnswer refusal) {
        if (!hasPassed) {
            hasPassed = true;
            deadline.cancel(false);
            tell(refusal);
        }
    }

    private void tell(PassageAnswer from) {
        from.refusal().ifPresent(loop.drops()::count);
        answer.accept(HttpAnswer.of(from));
    }
}
