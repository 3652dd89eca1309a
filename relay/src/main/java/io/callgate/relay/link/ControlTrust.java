package io.callgate.relay.link;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whether the other end is control.
final class ControlTrust {
    private ControlTrust() {}

    static SSLContext of(LinkOptions options) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(options), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every JVM has TLS and a key store in memory", e);
        }
    }

    private static TrustManager[] managers(LinkOptions options) throws GeneralSecurityException, IOException {
        if (options.pin().isPresent()) {
            return new TrustManager[] {new ByPin(options.pin().get())};
        }
        if (options.urls().stream().noneMatch(url -> "https".equals(url.getScheme()))) {
            return new TrustManager[0]; // on loopback: reading the system's authorities would take its time for nothing
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(options.authorities().isEmpty() ? null : storeOf(options.authorities()));
        return factory.getTrustManagers();
    }

    private static KeyStore storeOf(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority" + store.size(), authority);
        }
        return store;
    }

    /// The key is the right one or it is not; names, issuers and dates say nothing more. An extended manager,
    /// since only those may leave the name aside.
    private static final class ByPin extends X509ExtendedTrustManager {
        private final String pin;

        ByPin(String pin) {
            this.pin = pin;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                byte[] key = chain[0].getPublicKey().getEncoded();
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
                String shown = Base64.getEncoder().encodeToString(hash);
                if (!shown.equals(pin)) {
                    throw new CertificateException("the key of its certificate has the pin " + shown + ", not " + pin);
                }
            } catch (GeneralSecurityException e) {
                throw e instanceof CertificateException wrong ? wrong : new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no client comes in here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("no client comes in here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no client comes in here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
