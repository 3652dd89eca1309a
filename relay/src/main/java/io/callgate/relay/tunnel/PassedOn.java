package io.callgate.relay.tunnel;

import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One request on its way to control, in whichever HTTP: takes a place, waits for its body, within bounds of size
/// and time, passes it on and gives back one answer. Ends with its client, wherever it is. Confined to its
/// client's loop.
final class PassedOn {
    private static final int SECONDS_FOR_BODY = 5;

    private final RelayLoop loop;
    private final Consumer<HttpAnswer> answer;
    private Passage.@Nullable Place place; // null when it is over
    private @Nullable ByteArrayOutputStream body; // null when nothing is wanted of it any more
    private @Nullable Future<?> deadline;

    private PassedOn(RelayLoop loop, Consumer<HttpAnswer> answer) {
        this.loop = loop;
        this.answer = answer;
    }

    /// Begins, or refuses at once where no place is free.
    ///
    /// @param answer called once, on the loop, unless the client leaves first
    static PassedOn begin(
            RelayLoop loop, Channel client, Passage passage, PassedRequest head, Consumer<HttpAnswer> answer) {
        PassedOn begun = new PassedOn(loop, answer);
        switch (passage.admit(head)) {
            case Passage.Admission.Admitted admitted -> begun.waitForBody(admitted.place(), client);
            case Passage.Admission.Refused refused -> begun.tell(refused.answer());
        }
        return begun;
    }

    private void waitForBody(Passage.Place taken, Channel client) {
        place = taken;
        body = new ByteArrayOutputStream();
        deadline = loop.eventLoop().schedule(() -> answerWith(Passage.TOO_SLOW), SECONDS_FOR_BODY, TimeUnit.SECONDS);
        client.closeFuture().addListener(closed -> end());
    }

    /// Whether the client is to send its body.
    boolean wantsBody() {
        return body != null;
    }

    /// @param bytes not released here
    void onBody(ByteBuf bytes) {
        ByteArrayOutputStream before = body;
        if (before == null) {
            return;
        }
        if (before.size() + bytes.readableBytes() > Passage.MOST_BODY_BYTES) {
            answerWith(Passage.TOO_LARGE);
            return;
        }
        try {
            bytes.getBytes(bytes.readerIndex(), before, bytes.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException("memory takes bytes", e);
        }
    }

    /// The request is whole.
    void onEnd() {
        Passage.Place taken = place;
        ByteArrayOutputStream whole = body;
        if (taken != null && whole != null) {
            wantNoMore();
            taken.pass(Bytes.of(whole.toByteArray())).thenAccept(this::bringBack);
        }
    }

    private void bringBack(PassageAnswer from) {
        try {
            loop.eventLoop().execute(() -> answerWith(from));
        } catch (RejectedExecutionException e) {
            // The relay is closed, and its clients with it.
        }
    }

    private void answerWith(PassageAnswer last) {
        if (place != null) {
            end();
            tell(last);
        }
    }

    private void tell(PassageAnswer from) {
        from.refusal().ifPresent(loop.drops()::count);
        answer.accept(HttpAnswer.of(from));
    }

    private void wantNoMore() {
        body = null;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /// It is answered, or its client has gone.
    private void end() {
        wantNoMore();
        if (place != null) {
            place.giveBack();
            place = null;
        }
    }
}
