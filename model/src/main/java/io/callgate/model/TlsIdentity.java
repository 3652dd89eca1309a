package io.callgate.model;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Who a relay is to TLS clients: a certificate with those that vouch for it, and its key. Checked when made: the
/// key belongs to the first certificate. Dates are not: they are the clock's business ([#dateProblem]).
///
/// @param chain the relay's own certificate first, then each signer; the root may be left out
/// @param key PKCS#8, RSA or EC
public record TlsIdentity(List<X509Certificate> chain, Secret key) {
    private static final byte[] PROBE = {'c', 'a', 'l', 'l', 'g', 'a', 't', 'e'};

    public TlsIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate");
        }
        checkKey(chain, key);
    }

    /// The one that names the relay.
    public X509Certificate certificate() {
        return chain.get(0);
    }

    public PrivateKey privateKey() {
        try {
            return privateKey(certificate().getPublicKey().getAlgorithm(), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was readable is so no more", e);
        }
    }

    /// SHA-256 of the certificate, as people compare it: `AB:CD:…`.
    public String fingerprint() {
        try {
            return HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(sha256(certificate().getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    /// SHA-256 of the public key (SubjectPublicKeyInfo) in base64, as clients pin it (RFC 7469 §2.4): it stays
    /// when the certificate is renewed with the same key.
    public String pin() {
        return Base64.getEncoder()
                .encodeToString(sha256(certificate().getPublicKey().getEncoded()));
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /// What clients will say of the dates of the certificate or of one that vouches for it.
    ///
    /// @return a sentence, or empty when all are valid at `now`
    public Optional<String> dateProblem(Instant now) {
        for (X509Certificate each : chain) {
            String which = each.equals(certificate()) ? "the certificate" : "a certificate of the chain";
            if (now.isAfter(each.getNotAfter().toInstant())) {
                return Optional.of(which + " expired on " + each.getNotAfter().toInstant());
            }
            if (now.isBefore(each.getNotBefore().toInstant())) {
                return Optional.of(which + " is valid only from "
                        + each.getNotBefore().toInstant() + " on; is the clock of this machine right?");
            }
        }
        return Optional.empty();
    }

    private static void checkKey(List<X509Certificate> chain, Secret key) {
        PublicKey leaf = chain.get(0).getPublicKey();
        if (fits(key, leaf)) {
            return;
        }
        for (X509Certificate other : chain.subList(1, chain.size())) {
            if (fits(key, other.getPublicKey())) {
                throw new IllegalArgumentException("the key belongs to the certificate of "
                        + other.getSubjectX500Principal() + ", which is not the first; put that one first");
            }
        }
        throw new IllegalArgumentException("the key is not that of the certificate of "
                + chain.get(0).getSubjectX500Principal() + "; give the two that were made together");
    }

    /// Signs and verifies: the one check that is the same for every kind of key. Not needed where the key's file
    /// names its public key itself, and costly there: a process that has just started signs by P-256 in 80 ms.
    private static boolean fits(Secret key, PublicKey publicKey) {
        String algorithm = publicKey.getAlgorithm();
        if (!algorithm.equals("RSA") && !algorithm.equals("EC")) {
            throw new IllegalArgumentException(
                    "a certificate with a key of type " + algorithm + "; browsers take RSA and EC");
        }
        try {
            PrivateKey privateKey = privateKey(algorithm, key);
            if (publicKey instanceof ECPublicKey ec && namesItsPublicKey(key, ec)) {
                return true;
            }
            Signature signature = Signature.getInstance(algorithm.equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // of another type, or no key at all
        }
    }

    /// Whether it ends with the point of this public key, as files of OpenSSL and of Callgate do (RFC 5915 §3).
    private static boolean namesItsPublicKey(Secret key, ECPublicKey publicKey) {
        byte[] pkcs8 = key.bytes();
        byte[] spki = publicKey.getEncoded();
        int coordinate = (publicKey.getParams().getCurve().getField().getFieldSize() + Byte.SIZE - 1) / Byte.SIZE;
        int point = 1 + 2 * coordinate;
        return pkcs8.length > point
                && Arrays.equals(pkcs8, pkcs8.length - point, pkcs8.length, spki, spki.length - point, spki.length);
    }

    private static PrivateKey privateKey(String algorithm, Secret key) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key.bytes()));
    }

    @Override
    public String toString() {
        return "TlsIdentity[" + certificate().getSubjectX500Principal() + " until "
                + certificate().getNotAfter().toInstant() + "]";
    }
}
