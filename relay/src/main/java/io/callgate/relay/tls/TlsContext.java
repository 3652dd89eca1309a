package io.callgate.relay.tls;

import io.callgate.model.TlsIdentity;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/// One identity, ready to be shown to clients. Handshakes that began with it go on with it after it is released.
public final class TlsContext {
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            // TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325 §4.2)
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /// For TLS 1.2 clients that come back; bounded, since anyone can fill it.
    private static final int RESUMABLE_SESSIONS = 2_000;

    private static final int RESUMABLE_SECONDS = 300;

    /// Netty hands the key over in a key store that is never written. The usual one encrypts what is in it with
    /// 20,000 rounds of a hash, which cost a start a quarter of a second; this one does not.
    private static final String IN_MEMORY = "JKS";

    /// Clients are asked for no certificate. Where nothing is named, Netty reads every authority that the JDK
    /// trusts, which costs a start a tenth of a second.
    private static final X509Certificate[] NO_AUTHORITIES = {};

    private final TlsIdentity identity;
    private final SslContext context;
    private final Executor tasks;

    /// @throws SSLException if the provider cannot work with this identity
    TlsContext(TlsIdentity identity, TlsProvider provider, Executor tasks) throws SSLException {
        this.identity = identity;
        this.tasks = tasks;
        this.context = SslContextBuilder.forServer(identity.privateKey(), identity.chain())
                .sslProvider(provider.netty())
                .keyStoreType(IN_MEMORY)
                .trustManager(NO_AUTHORITIES)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                // A client whose protocols are all unknown here is served as one that named none.
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        Alpn.OFFERED))
                .sessionCacheSize(RESUMABLE_SESSIONS)
                .sessionTimeout(RESUMABLE_SECONDS)
                .build();
    }

    public TlsIdentity identity() {
        return identity;
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator, tasks);
        handler.setHandshakeTimeoutMillis(0); // the demux has a deadline for all that a stranger may take his time for
        handler.setCloseNotifyFlushTimeoutMillis(0); // TlsStream has one, which logs nothing
        return handler;
    }

    /// Called once, when no loop takes new clients with it any more.
    public void release() {
        ReferenceCountUtil.release(context);
    }
}
