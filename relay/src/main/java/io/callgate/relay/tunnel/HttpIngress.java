package io.callgate.relay.tunnel;

import io.callgate.model.Endpoint;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.Ingress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 on one stream: CONNECT (RFC 9110 §9.3.6); then it leaves the pipeline to the tunnel. What is asked of
/// the relay itself goes to the [CheckPage][io.callgate.relay.check.CheckPage], what is asked of control to the
/// [Passage][io.callgate.relay.passage.Passage].
///
/// The parser goes out of the pipeline with every CONNECT, before anything else is decided: what a client sends
/// behind one belongs to its destination and must never be read as HTTP. It comes back only after a 407 behind
/// which nothing had been sent.
final class HttpIngress extends FirstBytes {
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_HEADER_BYTES = 8192;

    /// A connection asks for a credential, gets it and connects; whoever asks on without proof is sent away.
    private static final int MOST_REQUESTS = 16;

    private final Tunnels tunnels;
    private final Runnable onProved;
    private int requests;
    private boolean isAnswering;
    private @Nullable PassedOn passed;

    HttpIngress(Tunnels tunnels, Runnable onProved) {
        this.tunnels = tunnels;
        this.onProved = onProved;
    }

    static HttpRequestDecoder newDecoder() {
        return new HttpRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setMaxChunkSize(MOST_HEADER_BYTES)
                .setStrictLineParsing(true));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf) {
            super.channelRead(context, message); // the parser is out: kept for the destination
            return;
        }
        try {
            if (message instanceof HttpRequest request && !isAnswering) {
                onRequest(context, request);
            }
            if (message instanceof HttpContent content && passed != null) {
                passed.onBody(content.content());
                if (content instanceof LastHttpContent) {
                    passed.onEnd();
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    protected void onBytes(ChannelHandlerContext context, ByteBuf bytes) {
        // Not ours to read.
    }

    private void onRequest(ChannelHandlerContext context, HttpRequest request) {
        requests++;
        Channel client = context.channel();
        if (request.decoderResult().isFailure()) {
            tunnels.loop().drops().count(DropReason.MALFORMED);
            answer(client, request, malformed(request.decoderResult().cause()));
        } else if (request.method().equals(HttpMethod.CONNECT)) {
            onConnect(context, request);
        } else {
            onOther(client, request);
        }
    }

    private static HttpAnswer malformed(Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException) {
            return HttpAnswer.last(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "header too large");
        }
        return cause instanceof TooLongHttpLineException
                ? HttpAnswer.last(HttpResponseStatus.REQUEST_URI_TOO_LONG, "request line too long")
                : HttpAnswer.badRequest("not a well-formed request");
    }

    private void onOther(Channel client, HttpRequest request) {
        HttpHeaders headers = request.headers();
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH, "0"); // of fetch() with nothing to send
        boolean isLast = !HttpUtil.isKeepAlive(request)
                || requests >= MOST_REQUESTS
                || !length.equals("0")
                || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        boolean isForProxy = request.uri().contains("://");
        OtherRequest other = new OtherRequest(
                request.method().name(),
                request.uri(),
                headers.get(HttpHeaderNames.HOST, ""),
                name -> Optional.ofNullable(headers.get(name)),
                isForProxy);
        Optional<PassedOn> onItsWay = other.passOn(tunnels, client, it -> answer(client, request, it));
        if (onItsWay.isPresent()) {
            isAnswering = true; // by this one answer: what a client sends behind such a request is for nobody
            passed = onItsWay.get();
            if (passed.wantsBody() && HttpUtil.is100ContinueExpected(request)) {
                client.writeAndFlush(HttpAnswer.goOn(client));
            }
            return;
        }
        answer(client, request, other.answer(tunnels, client, isLast));
    }

    private void onConnect(ChannelHandlerContext context, HttpRequest request) {
        Channel client = context.channel();
        client.pipeline().remove(HttpRequestDecoder.class);
        Optional<String> defect = defectOf(request);
        Optional<Destination> destination = Destination.parseAuthority(request.uri());
        if (defect.isPresent() || destination.isEmpty()) {
            tunnels.loop().drops().count(DropReason.MALFORMED);
            answer(client, request, HttpAnswer.badRequest(defect.orElse("CONNECT wants host:port")));
            return;
        }
        Authenticator.Verdict verdict =
                tunnels.verdict(client, request.headers().get(HttpHeaderNames.PROXY_AUTHORIZATION));
        if (verdict instanceof Authenticator.Verdict.Refused refused) {
            tunnels.loop().drops().count(refused.reason());
            challenge(context, request);
        } else if (verdict instanceof Authenticator.Verdict.Proved proved) {
            isAnswering = true;
            open(client, request, proved.identity(), destination.get());
        }
    }

    /// What makes two readers disagree about where this request ends, or whom it is for, makes it a 400.
    private static Optional<String> defectOf(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return Optional.of("CONNECT has no body, so no Transfer-Encoding");
        }
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        // libwebrtc's own proxy client sends "Content-Length: 0": no body, and nothing to disagree about.
        if (!lengths.isEmpty() && !lengths.equals(List.of("0"))) {
            return Optional.of("CONNECT has no body, so no Content-Length");
        }
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        boolean needsHost = request.protocolVersion().equals(HttpVersion.HTTP_1_1); // RFC 9112 §3.2
        if (hosts > 1 || (hosts == 0 && needsHost)) {
            return Optional.of("want one Host header");
        }
        return headers.getAll(HttpHeaderNames.PROXY_AUTHORIZATION).size() > 1
                ? Optional.of("want one Proxy-Authorization header")
                : Optional.empty();
    }

    private void challenge(ChannelHandlerContext context, HttpRequest request) {
        boolean isLast = hasBytes() || requests >= MOST_REQUESTS || !HttpUtil.isKeepAlive(request);
        if (!isLast) {
            context.pipeline().addBefore(context.name(), null, newDecoder());
        }
        answer(context.channel(), request, HttpAnswer.challenge(tunnels.realm(), isLast));
    }

    private void open(Channel client, HttpRequest request, Identity identity, Destination destination) {
        Opening.begin(tunnels, client, identity, Ingress.HTTP_CONNECT, destination, new Opening.Answer() {
            @Override
            public void onGranted() {
                onProved.run();
            }

            @Override
            public void onConnected(Tunnel tunnel, InetSocketAddress local) {
                client.writeAndFlush(HttpAnswer.connected(client));
                tunnel.splice();
                client.pipeline().remove(HttpIngress.this);
            }

            @Override
            public void onOwnListener(Endpoint listener) {
                client.writeAndFlush(HttpAnswer.connected(client));
                tunnels.turn().enter(client);
                client.pipeline().remove(HttpIngress.this);
                client.config().setAutoRead(true);
            }

            @Override
            public void onRefused(Refusal refusal) {
                answer(client, request, HttpAnswer.refused(refusal));
            }
        });
    }

    private void answer(Channel client, HttpRequest request, HttpAnswer answer) {
        send(client, answer.encoded(client, !request.method().equals(HttpMethod.HEAD)), answer.isLast());
    }

    private void send(Channel client, ByteBuf bytes, boolean isLast) {
        if (isLast) {
            isAnswering = true;
            LingeringClose.after(client, bytes);
        } else {
            client.writeAndFlush(bytes);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !isAnswering) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset
    }
}
