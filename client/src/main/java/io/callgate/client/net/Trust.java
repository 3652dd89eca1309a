package io.callgate.client.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whose certificate a TLS server may show.
///
/// A pin decides alone: the key is right or it is not, whatever name or issuer the certificate has. Without a pin
/// the chain must lead to a trusted issuer and the certificate must be for the name that was dialled.
public final class Trust {
    private static final String PIN_PREFIX = "sha256/";

    private final Optional<X509TrustManager> authorities;
    private final Optional<String> pin;
    private final Optional<String> serverName;

    private Trust(Optional<X509TrustManager> authorities, Optional<String> pin, Optional<String> serverName) {
        this.authorities = authorities;
        this.pin = pin;
        this.serverName = serverName;
    }

    /// The issuers that this machine trusts.
    public static Trust system() {
        return new Trust(Optional.of(managerOf(null)), Optional.empty(), Optional.empty());
    }

    /// These issuers and no others.
    ///
    /// @param pem one or more certificates
    /// @throws IllegalArgumentException if there is none, or one cannot be read
    public static Trust authorities(byte[] pem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                store.setCertificateEntry("ca" + count++, certificate);
            }
            if (count == 0) {
                throw new IllegalArgumentException("no certificate in the file");
            }
            return new Trust(Optional.of(managerOf(store)), Optional.empty(), Optional.empty());
        } catch (CertificateException e) {
            throw new IllegalArgumentException("not a certificate in PEM form: " + e.getMessage(), e);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java has a key store in memory", e);
        }
    }

    /// That key and no other.
    ///
    /// @param pin base64 of the SHA-256 of the SubjectPublicKeyInfo, with or without `sha256/` before it
    public static Trust pin(String pin) {
        String bare = pin.startsWith(PIN_PREFIX) ? pin.substring(PIN_PREFIX.length()) : pin;
        try {
            if (Base64.getDecoder().decode(bare).length == 32) {
                return new Trust(Optional.empty(), Optional.of(bare), Optional.empty());
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("pin \"" + pin + "\": want the base64 of a SHA-256, 44 characters");
    }

    /// The same, for a server that is dialled by address and shows a certificate for this name.
    public Trust forServerName(String name) {
        return new Trust(authorities, pin, Optional.of(name));
    }

    /// The same, unless it names a server already.
    public Trust orServerName(String name) {
        return serverName.isPresent() ? this : forServerName(name);
    }

    /// The pin of a certificate, as [#pin] takes it.
    public static String pinOf(X509Certificate certificate) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(certificate.getPublicKey().getEncoded());
            return PIN_PREFIX + Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    boolean isPinned() {
        return pin.isPresent();
    }

    Optional<String> serverName() {
        return serverName;
    }

    /// @throws CertificateException if this chain is not trusted
    void check(X509Certificate[] chain, String keyExchange) throws CertificateException {
        if (pin.isPresent()) {
            if (!pinOf(chain[0]).equals(PIN_PREFIX + pin.get())) {
                throw new CertificateException("the key is not the pinned one");
            }
            return;
        }
        authorities.orElseThrow().checkServerTrusted(chain, keyExchange);
    }

    private static X509TrustManager managerOf(@Nullable KeyStore store) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            List<X509TrustManager> managers = new ArrayList<>();
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    managers.add(x509);
                }
            }
            return managers.get(0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java trusts certificates", e);
        }
    }
}
