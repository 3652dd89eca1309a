package io.callgate.cli;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whose certificate a control may show: one with a pinned key, whatever it names; or one that an authority
/// vouches for and that names the host.
record ControlTrust(Optional<String> pin, List<X509Certificate> authorities) {
    private static final String PIN_PREFIX = "sha256/";
    private static final int SHA256_BYTES = 32;

    /// What this machine trusts.
    static ControlTrust ofSystem() {
        return new ControlTrust(Optional.empty(), List.of());
    }

    /// @param authorities at least one
    static ControlTrust of(List<X509Certificate> authorities) {
        return new ControlTrust(Optional.empty(), List.copyOf(authorities));
    }

    /// @param pin base64 of the SHA-256 of the SubjectPublicKeyInfo, with or without `sha256/` before it
    static ControlTrust ofPin(String pin) {
        String bare = pin.startsWith(PIN_PREFIX) ? pin.substring(PIN_PREFIX.length()) : pin;
        try {
            if (Base64.getDecoder().decode(bare).length == SHA256_BYTES) {
                return new ControlTrust(Optional.of(bare), List.of());
            }
        } catch (IllegalArgumentException e) {
            // Said below, with the value.
        }
        throw new IllegalArgumentException("pin \"" + pin + "\": want the base64 of a SHA-256, 44 characters");
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every JVM has TLS and a key store in memory", e);
        }
    }

    /// Null: the JVM's own.
    private TrustManager @Nullable [] managers() throws GeneralSecurityException, IOException {
        if (pin.isPresent()) {
            return new TrustManager[] {new Pinned(pin.get())};
        }
        if (authorities.isEmpty()) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    /// Asks for the key alone. As an extended manager it answers for the name too, which a pin makes needless.
    private static final class Pinned extends X509ExtendedTrustManager {
        private final String pin;

        Pinned(String pin) {
            this.pin = pin;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256")
                        .digest(chain[0].getPublicKey().getEncoded());
                if (!Base64.getEncoder().encodeToString(hash).equals(pin)) {
                    throw new CertificateException("its key is not the pinned one");
                }
            } catch (GeneralSecurityException e) {
                throw e instanceof CertificateException wrong ? wrong : new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, keyExchange);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, keyExchange);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            throw new CertificateException("here are no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
                throws CertificateException {
            throw new CertificateException("here are no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("here are no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
