package io.callgate.relay.tunnel;

import io.callgate.relay.check.CheckAnswer;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// An answer with a body, in whichever HTTP, or the empty 200 after which a stream is a tunnel.
///
/// @param headers all but those on the connection, with names as HTTP/1.1 writes them
/// @param isLast whether an HTTP/1.1 connection ends with it
record HttpAnswer(HttpResponseStatus status, Map<String, String> headers, Bytes body, boolean isLast) {
    /// RFC 9110 §9.3.6: neither Content-Length nor Transfer-Encoding after a CONNECT.
    static ByteBuf connected(Channel client) {
        return ascii(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    }

    /// RFC 9110 §10.1.1: some clients wait for it before they send a body.
    static ByteBuf goOn(Channel client) {
        return ascii(client, "HTTP/1.1 100 Continue\r\n\r\n");
    }

    static Http2Headers connected() {
        return new DefaultHttp2Headers().status(HttpResponseStatus.OK.codeAsText());
    }

    static HttpAnswer of(CheckAnswer answer, boolean isLast) {
        return new HttpAnswer(HttpResponseStatus.valueOf(answer.status()), answer.headers(), answer.body(), isLast);
    }

    /// Control's answer, or ours in its place. An HTTP/1.1 connection ends with it: nobody asks twice in one.
    static HttpAnswer of(PassageAnswer answer) {
        return new HttpAnswer(HttpResponseStatus.valueOf(answer.status()), answer.headers(), answer.body(), true);
    }

    /// A short text for people.
    ///
    /// @param headers on top of those that every text has
    static HttpAnswer text(HttpResponseStatus status, Map<String, String> headers, String text, boolean isLast) {
        Bytes body = Bytes.of((text + "\n").getBytes(StandardCharsets.UTF_8));
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Content-Type", "text/plain; charset=utf-8");
        all.put("Content-Length", String.valueOf(body.length()));
        all.put("Cache-Control", "no-store");
        return new HttpAnswer(status, all, body, isLast);
    }

    static HttpAnswer last(HttpResponseStatus status, String text) {
        return text(status, Map.of(), text, true);
    }

    static HttpAnswer badRequest(String text) {
        return last(HttpResponseStatus.BAD_REQUEST, text);
    }

    /// The same words whatever was wrong with a credential: they must not tell which names exist.
    static HttpAnswer challenge(String realm, boolean isLast) {
        return text(
                HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
                Map.of("Proxy-Authenticate", "Basic realm=\"" + realm + "\", charset=\"UTF-8\""),
                "a valid credential is needed",
                isLast);
    }

    static HttpAnswer refused(Refusal refusal) {
        HttpResponseStatus status = switch (refusal.kind()) {
            case POLICY -> HttpResponseStatus.FORBIDDEN;
            case DRAINING, BUSY -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case QUOTA -> HttpResponseStatus.TOO_MANY_REQUESTS;
            case NAME_NOT_RESOLVED, CONNECTION_REFUSED, NETWORK_UNREACHABLE, HOST_UNREACHABLE ->
                HttpResponseStatus.BAD_GATEWAY;
            case TIMEOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
        };
        return last(status, refusal.text());
    }

    /// For HTTP/1.1.
    ///
    /// @param hasBody false for the answer to a HEAD
    ByteBuf encoded(Channel client, boolean hasBody) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status.code() + ' ' + status.reasonPhrase() + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (isLast) {
            head.append("Connection: close\r\n");
        }
        ByteBuf answer = ascii(client, head.append("\r\n").toString());
        return hasBody ? answer.writeBytes(body.toArray()) : answer;
    }

    /// For HTTP/2, which has no reason phrase and no word on the connection.
    Http2Headers http2Headers() {
        Http2Headers all = new DefaultHttp2Headers().status(status.codeAsText());
        headers.forEach((name, value) -> all.set(name.toLowerCase(Locale.ROOT), value));
        return all;
    }

    /// For HTTP/2, where a body waits for its client to open a window. Shared, not copied: who never opens one
    /// shall not fill our memory with many answers.
    ByteBuf http2Body() {
        return Unpooled.wrappedBuffer(body.asBuffer());
    }

    private static ByteBuf ascii(Channel client, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return client.alloc().buffer(bytes.length).writeBytes(bytes);
    }
}
