package io.callgate.relay.tls;

import io.callgate.model.TlsIdentity;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;

/// The client's end of TLS with this very relay, for visitors of its own: knows its certificate and no other.
public final class TlsVisits implements AutoCloseable {
    private final SslContext context;

    /// @throws SSLException if the provider cannot work with this identity
    public TlsVisits(TlsIdentity identity, TlsProvider provider) throws SSLException {
        this.context = SslContextBuilder.forClient()
                .sslProvider(provider.netty())
                .trustManager(identity.certificate())
                .endpointIdentificationAlgorithm(null) // they come to loopback, which it may not name
                .build();
    }

    /// @return a handler for one connection, which begins to shake hands as soon as its channel is active
    public SslHandler newHandler() {
        return context.newHandler(UnpooledByteBufAllocator.DEFAULT);
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
