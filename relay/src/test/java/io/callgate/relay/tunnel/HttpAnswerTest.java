package io.callgate.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What an answer costs while its client does not take it.
class HttpAnswerTest {
    @Test
    void aBodyThatWaitsForAWindowIsNoCopy() {
        HttpAnswer answer = HttpAnswer.text(HttpResponseStatus.OK, Map.of(), "x".repeat(17_000), false);

        ByteBuf first = answer.http2Body();
        ByteBuf second = answer.http2Body();

        assertThat(first.isReadOnly()).as("it is shared").isTrue();
        first.skipBytes(first.readableBytes()).release();
        assertThat(second.toString(StandardCharsets.US_ASCII)).isEqualTo("x".repeat(17_000) + "\n");
        second.release();
    }
}
