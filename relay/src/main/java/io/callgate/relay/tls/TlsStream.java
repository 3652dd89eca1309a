package io.callgate.relay.tls;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// Behind the cipher of one stream: says how the handshake went, counts what breaks, and ends the stream when its
/// client does.
///
/// A client's close_notify ends both directions, as RFC 5246 §7.2.1 wants it and as BoringSSL behind Netty does it
/// whatever we want: what came before it still goes where it belongs (decision 0014).
public final class TlsStream extends ChannelDuplexHandler {
    private static final int CLOSE_SECONDS = 3;

    private final RelayLoop loop;
    private final SslHandler cipher;
    private final RecentHandshakes recent;
    private final Optional<IpAddress> client;
    private boolean isReady;
    private boolean isOver;

    /// The handshake is done and plaintext may come.
    ///
    /// @param protocol what client and relay agreed on by ALPN, if they did
    public record Ready(Optional<String> protocol) {}

    /// @param client whose handshake is remembered, if anyone's
    TlsStream(RelayLoop loop, SslHandler cipher, RecentHandshakes recent, Optional<IpAddress> client) {
        this.loop = loop;
        this.cipher = cipher;
        this.recent = recent;
        this.client = client;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                onReady(context);
            } else {
                onFailure(handshake.cause());
            }
        } else if (event instanceof SslCloseCompletionEvent end) {
            if (end.isSuccess()) {
                context.channel()
                        .close(); // from the end of the pipeline: by this handler's own close, which is bounded
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void onReady(ChannelHandlerContext context) {
        isReady = true;
        if (!(cipher.engine() instanceof ReferenceCountedOpenSslEngine)) {
            // The JDK would let a TLS 1.2 client renegotiate for ever; with no cipher left to agree on it cannot.
            cipher.engine().setEnabledCipherSuites(new String[0]);
        }
        client.ifPresent(recent::completed);
        context.fireUserEventTriggered(new Ready(Optional.ofNullable(cipher.applicationProtocol())));
    }

    private void onFailure(Throwable cause) {
        if (isOver) {
            return; // ended by us, and counted as what it was
        }
        isOver = true;
        DropReason reason = HandshakeFailure.reasonOf(cause);
        loop.drops().count(reason);
        if (reason == DropReason.CERTIFICATE_NOT_TRUSTED) {
            client.ifPresent(recent::certificateRefused);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean isOfTls = cause instanceof SSLException
                || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
        if (!isOfTls && isReady) {
            context.fireExceptionCaught(cause); // a reset, mostly: as on plain TCP
            return;
        }
        if (!isOver) {
            isOver = true;
            loop.drops().count(isReady ? DropReason.TLS_BROKEN : DropReason.TLS_HANDSHAKE_FAILED);
        }
        context.close();
    }

    /// Says goodbye first, but waits no longer for a client that does not listen.
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        isOver = true;
        context.close(promise);
        if (context.channel().isOpen()) {
            context.executor()
                    .schedule(
                            () -> context.channel()
                                    .unsafe()
                                    .close(context.channel().unsafe().voidPromise()),
                            CLOSE_SECONDS,
                            TimeUnit.SECONDS);
        }
    }
}
