package io.callgate.relay.tunnel;

import io.callgate.model.Endpoint;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.Ingress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The request of one stream of HTTP/2 (RFC 9113 §8.5); then it leaves the stream's pipeline to the tunnel. Bytes
/// behind a CONNECT wait in [Http2Bytes]; those behind anything else are for control, or for nobody.
final class Http2Request extends ChannelInboundHandlerAdapter {
    private final Tunnels tunnels;
    private final Http2Ingress connection;
    private final Http2Bytes bytes;
    private boolean isProved;
    private @Nullable PassedOn passed;

    /// @param bytes the handler before this one
    Http2Request(Tunnels tunnels, Http2Ingress connection, Http2Bytes bytes) {
        this.tunnels = tunnels;
        this.connection = connection;
        this.bytes = bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2HeadersFrame request) {
            onRequest(context.channel(), request.headers());
        } else {
            if (message instanceof ByteBuf body && passed != null) {
                passed.onBody(body);
            }
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && passed != null) {
            passed.onEnd();
        }
        context.fireUserEventTriggered(event);
    }

    private void onRequest(Channel stream, Http2Headers request) {
        CharSequence method = request.method();
        if (request.contains(":protocol")) {
            // RFC 8441 §3: without our SETTINGS_ENABLE_CONNECT_PROTOCOL there is no such thing (P13).
            malformed(stream);
        } else if ("CONNECT".contentEquals(method == null ? "" : method)) {
            onConnect(stream, request);
        } else if (method == null || request.scheme() == null || isEmpty(request.path())) {
            malformed(stream); // RFC 9113 §8.3.1
        } else {
            onOther(stream, method.toString(), request);
        }
    }

    private void onConnect(Channel stream, Http2Headers request) {
        CharSequence authority = request.authority();
        if (authority == null || request.scheme() != null || request.path() != null) {
            malformed(stream); // RFC 9113 §8.5
            return;
        }
        Optional<String> defect = defectOf(request, authority);
        Optional<Destination> destination = Destination.parseAuthority(authority.toString());
        if (defect.isPresent() || destination.isEmpty()) {
            tunnels.loop().drops().count(DropReason.MALFORMED);
            refuse(stream, HttpAnswer.badRequest(defect.orElse("CONNECT wants host:port")));
            return;
        }
        Authenticator.Verdict verdict = tunnels.verdict(stream, request.get(HttpHeaderNames.PROXY_AUTHORIZATION));
        if (verdict instanceof Authenticator.Verdict.Refused refused) {
            tunnels.loop().drops().count(refused.reason());
            refuse(stream, HttpAnswer.challenge(tunnels.realm(), false));
        } else if (verdict instanceof Authenticator.Verdict.Proved proved) {
            connection.onCredential();
            open(stream, proved.identity(), destination.get());
        }
    }

    /// As in HTTP/1.1: what makes two readers disagree about whom a request is for makes it a 400.
    private static Optional<String> defectOf(Http2Headers request, CharSequence authority) {
        List<CharSequence> lengths = request.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!lengths.isEmpty() && !(lengths.size() == 1 && "0".contentEquals(lengths.getFirst()))) {
            return Optional.of("CONNECT has no body, so no Content-Length");
        }
        List<CharSequence> hosts = request.getAll(HttpHeaderNames.HOST);
        if (!hosts.isEmpty()
                && !(hosts.size() == 1 && hosts.getFirst().toString().equalsIgnoreCase(authority.toString()))) {
            return Optional.of("Host is not :authority");
        }
        return request.getAll(HttpHeaderNames.PROXY_AUTHORIZATION).size() > 1
                ? Optional.of("want one Proxy-Authorization header")
                : Optional.empty();
    }

    private void onOther(Channel stream, String method, Http2Headers request) {
        // HTTP/2 has no absolute form: what is for another server shows by the scheme of another connection.
        String ownScheme = stream.parent().pipeline().get(SslHandler.class) == null ? "http" : "https";
        boolean isForProxy = !ownScheme.contentEquals(String.valueOf(request.scheme()));
        OtherRequest other = new OtherRequest(
                method,
                String.valueOf(request.path()),
                textOf(request.authority())
                        .or(() -> textOf(request.get(HttpHeaderNames.HOST)))
                        .orElse(""),
                name -> textOf(request.get(name)),
                isForProxy);
        Optional<PassedOn> onItsWay = other.passOn(tunnels, stream, it -> answer(stream, it, true));
        if (onItsWay.isPresent()) {
            passed = onItsWay.get();
            return;
        }
        answer(stream, other.answer(tunnels, stream, false), other.wantsBody());
    }

    private void open(Channel stream, Identity identity, Destination destination) {
        isProved = true;
        Opening.begin(tunnels, stream, identity, Ingress.HTTP_CONNECT, destination, new Opening.Answer() {
            @Override
            public void onGranted() {
                connection.onGranted(stream);
            }

            @Override
            public void onConnected(Tunnel tunnel, InetSocketAddress local) {
                stream.writeAndFlush(new DefaultHttp2HeadersFrame(HttpAnswer.connected()));
                tunnel.splice();
                stream.pipeline().remove(Http2Request.this);
            }

            @Override
            public void onOwnListener(Endpoint listener) {
                stream.writeAndFlush(new DefaultHttp2HeadersFrame(HttpAnswer.connected()));
                tunnels.turn().enter(stream);
                stream.pipeline().remove(Http2Request.this);
                stream.config().setAutoRead(true);
            }

            @Override
            public void onRefused(Refusal refusal) {
                stream.config().setAutoRead(true); // what came behind the request is forgotten
                refuse(stream, HttpAnswer.refused(refusal));
            }
        });
    }

    private void malformed(Channel stream) {
        tunnels.loop().drops().count(DropReason.MALFORMED);
        connection.onUnproven();
        stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
    }

    /// A client whose window never opens would else keep the stream, and its grant, for ever. A page's file may
    /// take longer on a slow line; it holds no grant.
    private void refuse(Channel stream, HttpAnswer answer) {
        answer(stream, answer, true);
        Future<?> end =
                stream.eventLoop().schedule(() -> stream.close(), LingeringClose.LINGER_SECONDS, TimeUnit.SECONDS);
        stream.closeFuture().addListener(closed -> end.cancel(false));
    }

    private void answer(Channel stream, HttpAnswer answer, boolean hasBody) {
        if (!isProved) {
            connection.onUnproven();
        }
        boolean hasEnd = !hasBody;
        stream.write(new DefaultHttp2HeadersFrame(answer.http2Headers(), hasEnd));
        if (hasBody) {
            stream.write(new DefaultHttp2DataFrame(answer.http2Body(), true));
        }
        stream.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> bytes.wantNoMore());
    }

    private static Optional<String> textOf(@Nullable CharSequence value) {
        return Optional.ofNullable(value).map(CharSequence::toString);
    }

    private static boolean isEmpty(@Nullable CharSequence text) {
        return text == null || text.isEmpty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // counted where the connection learns of it
    }
}
