package io.callgate.relay.tunnel;

import io.callgate.relay.check.CheckAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/// An answer with a short text for people, or the empty 200 after which a stream is a tunnel.
///
/// @param headers lines, each with its CRLF
/// @param isLast whether the connection ends with it
record HttpAnswer(HttpResponseStatus status, String headers, String text, boolean isLast) {
    /// RFC 9110 §9.3.6: neither Content-Length nor Transfer-Encoding after a CONNECT.
    static ByteBuf connected(Channel client) {
        return bytes(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    }

    /// One that says all of itself but how the connection goes on.
    ///
    /// @param hasBody false for the answer to a HEAD
    static ByteBuf encoded(Channel client, CheckAnswer answer, boolean hasBody, boolean isLast) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + HttpResponseStatus.valueOf(answer.status()) + "\r\n");
        answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        ByteBuf bytes = bytes(client, head + (isLast ? "connection: close\r\n" : "") + "\r\n");
        return hasBody ? bytes.writeBytes(answer.body().toArray()) : bytes;
    }

    /// @param hasBody false for the answer to a HEAD
    ByteBuf encoded(Channel client, boolean hasBody) {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status.code() + ' ' + status.reasonPhrase() + "\r\n" + headers
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + "Cache-Control: no-store\r\n"
                + (isLast ? "Connection: close\r\n" : "")
                + "\r\n";
        ByteBuf answer = bytes(client, head);
        return hasBody ? answer.writeBytes(body) : answer;
    }

    private static ByteBuf bytes(Channel client, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        return client.alloc().buffer(ascii.length).writeBytes(ascii);
    }
}
