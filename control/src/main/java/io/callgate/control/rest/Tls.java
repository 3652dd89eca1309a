package io.callgate.control.rest;

import io.callgate.model.TlsIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// TLS 1.2 and 1.3 on one port, with a certificate that may be replaced while it serves.
final class Tls {
    private static final char[] NO_PASSWORD = {};

    private final SslContextFactory.Server contexts = new SslContextFactory.Server();

    Tls(TlsIdentity identity) {
        contexts.setSslContext(context(identity));
    }

    ServerConnector connector(Server server, HttpConfiguration http) {
        // Jetty's own would refuse a Host that the certificate does not name: whoever pins the key may use any name.
        http.addCustomizer(new SecureRequestCustomizer(false));
        return new ServerConnector(server, contexts, new HttpConnectionFactory(http));
    }

    /// Live connections keep the certificate that they began with.
    void become(TlsIdentity identity) {
        SSLContext context = context(identity);
        try {
            contexts.reload(factory -> factory.setSslContext(context));
        } catch (Exception e) { // so does Jetty declare it
            throw new IllegalStateException("the certificate cannot be replaced", e);
        }
    }

    private static SSLContext context(TlsIdentity identity) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "control",
                    identity.privateKey(),
                    NO_PASSWORD,
                    identity.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform has TLS and PKCS#12", e);
        }
    }
}
