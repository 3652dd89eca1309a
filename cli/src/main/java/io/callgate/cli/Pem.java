package io.callgate.cli;

import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and keys as files hold them (RFC 7468). What is wrong with one is an [IllegalArgumentException]
/// that names the file and the mend, and never shows a key.
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final int LARGEST_BYTES = 1 << 20;
    private static final byte[] RSA = Der.sequence(Der.objectIdentifier("1.2.840.113549.1.1.1"), new byte[] {5, 0});

    private static final Set<String> TAKEN_KEYS = Set.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");

    private Pem() {}

    /// A key as its file has it.
    ///
    /// @param kind what stands behind BEGIN
    record Key(Path file, String kind, Secret content) {
        /// @param publicKey whose other half it should be: old EC keys do not say their curve
        Secret pkcs8(PublicKey publicKey) {
            return switch (kind) {
                case "RSA PRIVATE KEY" -> wrapped(RSA); // PKCS#1 (RFC 8017 §A.1.2)
                case "EC PRIVATE KEY" -> wrapped(algorithm(publicKey)); // SEC1 (RFC 5915), of the certificate's curve
                default -> content;
            };
        }

        private Secret wrapped(byte[] algorithm) {
            byte[] version = Der.integer(BigInteger.ZERO);
            return Secret.of(Der.sequence(version, algorithm, Der.octets(content.bytes())));
        }
    }

    /// @param certificates the relay's own first, then those that vouch for it
    static TlsIdentity identity(Path certificates, Path key) {
        return identity(certificates(certificates), key(key));
    }

    static TlsIdentity identity(List<X509Certificate> chain, Key key) {
        return new TlsIdentity(chain, key.pkcs8(chain.getFirst().getPublicKey()));
    }

    static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(read(file));
        while (block.find()) {
            if (block.group(1).endsWith("CERTIFICATE")) {
                certificates.add(certificate(file, content(file, block.group(2))));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no certificate; want PEM with BEGIN CERTIFICATE");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] content) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    file + " holds a certificate that cannot be read; want PEM with BEGIN CERTIFICATE, whole", e);
        }
    }

    static Key key(Path file) {
        Matcher block = BLOCK.matcher(read(file));
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("ENCRYPTED PRIVATE KEY") || block.group(2).contains("ENCRYPTED")) {
                throw new IllegalArgumentException(file + " is encrypted, and nobody is there to type the password;"
                        + " write it without: openssl pkey -in " + file + " -out plain.pem");
            }
            if (TAKEN_KEYS.contains(kind)) {
                return new Key(file, kind, Secret.of(content(file, block.group(2))));
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw new IllegalArgumentException(file + " holds a key of the form BEGIN " + kind
                        + "; convert it: openssl pkey -in " + file + " -out key.pem");
            }
        }
        throw new IllegalArgumentException(file + " holds no key; want PEM with BEGIN PRIVATE KEY");
    }

    /// The first element of a SubjectPublicKeyInfo, as it stands there.
    private static byte[] algorithm(PublicKey publicKey) {
        byte[] info = publicKey.getEncoded();
        int start = headerBytes(info, 0);
        int length = headerBytes(info, start) - start + contentBytes(info, start);
        byte[] algorithm = new byte[length];
        System.arraycopy(info, start, algorithm, 0, length);
        return algorithm;
    }

    /// Where the content of the element at `at` begins.
    private static int headerBytes(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first >= 0x80 ? first & 0x7F : 0);
    }

    private static int contentBytes(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        int length = first;
        if (first >= 0x80) {
            length = 0;
            for (int i = 0; i < (first & 0x7F); i++) {
                length = (length << 8) | (der[at + 2 + i] & 0xFF);
            }
        }
        return length;
    }

    private static byte[] content(Path file, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file + " is damaged: what stands between BEGIN and END is no base64; copy it again");
        }
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > LARGEST_BYTES) {
                throw new IllegalArgumentException(
                        file + " has " + Files.size(file) + " bytes: no PEM file is that large");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + reason(file, e), e);
        }
    }

    private static String reason(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "this user may not read it";
        }
        return Files.isDirectory(file) ? "it is a folder" : String.valueOf(e.getMessage());
    }

    static String write(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate each : certificates) {
                text.append(block("CERTIFICATE", each.getEncoded()));
            }
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
        return text.toString();
    }

    static String write(Secret pkcs8) {
        return block("PRIVATE KEY", pkcs8.bytes());
    }

    private static String block(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }
}
