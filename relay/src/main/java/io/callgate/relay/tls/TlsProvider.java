package io.callgate.relay.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.Locale;

/// Who does the cryptography (decision 0014).
public enum TlsProvider {
    /// Several times faster, off-heap; Linux on x86-64 and ARM64.
    BORINGSSL(SslProvider.OPENSSL_REFCNT),
    /// Everywhere.
    JDK(SslProvider.JDK);

    private final SslProvider netty;

    TlsProvider(SslProvider netty) {
        this.netty = netty;
    }

    /// The better one that this machine can load. The first call loads native code (tens of milliseconds).
    public static TlsProvider best() {
        return OpenSsl.isAvailable() ? BORINGSSL : JDK;
    }

    /// As the log has it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    SslProvider netty() {
        return netty;
    }
}
