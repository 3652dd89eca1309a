package io.callgate.cli;

import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/// Makes a certificate for a relay whose operator has none (RFC 5280, P-256). Written by hand: it is one page, and
/// a library for it would be ten megabytes and slow the first start.
final class SelfSigned {
    /// The longest that Apple's systems take from a certificate that their user trusts.
    static final Duration LIFE = Duration.ofDays(825);

    /// So that a client whose clock is a little behind takes it at once.
    private static final Duration BACKDATED = Duration.ofHours(24);

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.objectIdentifier("1.2.840.10045.4.3.2"));
    private static final byte[] P_256 =
            Der.sequence(Der.objectIdentifier("1.2.840.10045.2.1"), Der.objectIdentifier("1.2.840.10045.3.1.7"));
    private static final int POINT_BYTES = 65;
    private static final BigInteger VERSION_3 = BigInteger.TWO;
    private static final int SERIAL_BITS = 120;

    private SelfSigned() {}

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has P-256", e);
        }
    }

    static TlsIdentity make(PublicKey publicKey, PrivateKey privateKey, CertificateNames names, Instant now) {
        try {
            byte[] toBeSigned = toBeSigned(publicKey, names, now);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(privateKey);
            signature.update(toBeSigned);
            byte[] certificate = Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
            X509Certificate read = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
            return new TlsIdentity(List.of(read), Secret.of(pkcs8(publicKey, privateKey)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate", e);
        }
    }

    /// With the public key in it, which Java leaves out (RFC 5915 §3): so that the next start sees at once whose
    /// it is.
    private static byte[] pkcs8(PublicKey publicKey, PrivateKey privateKey) {
        byte[] spki = publicKey.getEncoded();
        byte[] point = Arrays.copyOfRange(spki, spki.length - POINT_BYTES, spki.length);
        byte[] scalar = HexFormat.of().parseHex("%064x".formatted(((ECPrivateKey) privateKey).getS()));
        byte[] key = Der.sequence(Der.integer(BigInteger.ONE), Der.octets(scalar), Der.explicit(1, Der.bits(0, point)));
        return Der.sequence(Der.integer(BigInteger.ZERO), P_256, Der.octets(key));
    }

    private static byte[] toBeSigned(PublicKey publicKey, CertificateNames names, Instant now) {
        byte[] self = new X500Principal("CN=Callgate relay").getEncoded();
        return Der.sequence(
                Der.explicit(0, Der.integer(VERSION_3)),
                Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS)),
                ECDSA_WITH_SHA256,
                self,
                Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(now.plus(LIFE))),
                self,
                publicKey.getEncoded(),
                Der.explicit(3, extensions(names)));
    }

    private static byte[] extensions(CertificateNames names) {
        byte[] noAuthority = Der.sequence();
        byte[] digitalSignature = Der.bits(7, new byte[] {(byte) 0x80});
        byte[] serverAuth = Der.sequence(Der.objectIdentifier("1.3.6.1.5.5.7.3.1"));
        return Der.sequence(
                extension("2.5.29.19", Der.yes(), noAuthority),
                extension("2.5.29.15", Der.yes(), digitalSignature),
                extension("2.5.29.37", new byte[0], serverAuth),
                extension("2.5.29.17", new byte[0], subjectAltName(names)));
    }

    private static byte[] extension(String id, byte[] critical, byte[] value) {
        return Der.sequence(Der.objectIdentifier(id), critical, Der.octets(value));
    }

    private static byte[] subjectAltName(CertificateNames names) {
        List<byte[]> all = new ArrayList<>();
        names.addresses()
                .forEach(address -> all.add(Der.implicit(
                        CertificateNames.IP_ADDRESS, address.toInetAddress().getAddress())));
        names.hosts().forEach(host -> all.add(Der.implicit(CertificateNames.DNS_NAME, Der.ascii(host))));
        return Der.sequence(all.toArray(new byte[0][]));
    }
}
