package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates and keys as operators have them.
class PemTest {
    @TempDir
    private Path folder = Path.of("unset");

    @Test
    void readsWhatItWrites() throws IOException {
        for (TlsIdentity identity : List.of(TestIdentity.ec(), TestIdentity.rsa())) {
            Path certificate = write("cert.pem", Pem.write(identity.chain()));
            Path key = write("key.pem", Pem.write(identity.key()));

            assertThat(Pem.identity(certificate, key)).isEqualTo(identity);
        }
    }

    @Test
    void readsBothFromOneFileWithTextBetween() throws IOException {
        TlsIdentity identity = TestIdentity.ec();
        Path all = write(
                "all.pem",
                "Bag Attributes\n    friendlyName: x-----\n" + Pem.write(identity.key()) + "subject=CN = ec.example\n"
                        + Pem.write(identity.chain()));

        assertThat(Pem.identity(all, all)).isEqualTo(identity);
    }

    /// `openssl genrsa -traditional`, and what many tools wrote before PKCS#8.
    @Test
    void readsRsaKeysOfPkcs1() throws IOException {
        TlsIdentity identity = TestIdentity.rsa();
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) identity.privateKey();
        byte[] pkcs1 = Der.sequence(
                Der.integer(BigInteger.ZERO),
                Der.integer(key.getModulus()),
                Der.integer(key.getPublicExponent()),
                Der.integer(key.getPrivateExponent()),
                Der.integer(key.getPrimeP()),
                Der.integer(key.getPrimeQ()),
                Der.integer(key.getPrimeExponentP()),
                Der.integer(key.getPrimeExponentQ()),
                Der.integer(key.getCrtCoefficient()));

        TlsIdentity read = Pem.identity(
                write("cert.pem", Pem.write(identity.chain())), write("key.pem", block("RSA PRIVATE KEY", pkcs1)));

        assertThat(read.privateKey()).isEqualTo(identity.privateKey());
    }

    /// `openssl ecparam -genkey` writes the curve in a block of its own before it.
    @Test
    void readsEcKeysOfSec1() throws IOException {
        TlsIdentity identity = TestIdentity.ec();
        ECPrivateKey key = (ECPrivateKey) identity.privateKey();
        byte[] number = key.getS().toByteArray();
        byte[] padded = new byte[32];
        int length = Math.min(32, number.length);
        System.arraycopy(number, number.length - length, padded, 32 - length, length);
        byte[] sec1 = Der.sequence(Der.integer(BigInteger.ONE), Der.octets(padded));
        String text =
                block("EC PARAMETERS", Der.objectIdentifier("1.2.840.10045.3.1.7")) + block("EC PRIVATE KEY", sec1);

        TlsIdentity read = Pem.identity(write("cert.pem", Pem.write(identity.chain())), write("key.pem", text));

        assertThat(((ECPrivateKey) read.privateKey()).getS()).isEqualTo(key.getS());
    }

    @Test
    void saysWhatIsWrongWithAKeyAndHowToMendIt() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.key(write("key.pem", block("ENCRYPTED PRIVATE KEY", new byte[40]))))
                .withMessageContaining("is encrypted")
                .withMessageContaining("openssl pkey -in " + folder.resolve("key.pem"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.key(write("key.pem", """
                    -----BEGIN RSA PRIVATE KEY-----
                    Proc-Type: 4,ENCRYPTED
                    DEK-Info: AES-256-CBC,00

                    AAAA
                    -----END RSA PRIVATE KEY-----
                    """)))
                .withMessageContaining("is encrypted");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.key(write("key.pem", block("DSA PRIVATE KEY", new byte[40]))))
                .withMessageContaining("convert it: openssl pkey");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Pem.key(write("key.pem", Pem.write(TestIdentity.ec().chain()))))
                .withMessageContaining("holds no key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.key(folder.resolve("nowhere.pem")))
                .withMessageContaining("there is no such file");
    }

    @Test
    void aHalfWrittenFileIsToldAsThat() throws IOException {
        String whole = Pem.write(TestIdentity.ec().chain());
        for (int length : new int[] {0, 10, whole.length() / 2, whole.length() - 10}) {
            Path half = write("cert.pem", whole.substring(0, length));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Pem.certificates(half))
                    .withMessageContaining("BEGIN CERTIFICATE");
        }
        Path damaged = write("cert.pem", whole.replace("MII", "MIX"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.certificates(damaged))
                .withMessageContaining(damaged.toString());
    }

    @Test
    void anIdentityIsAKeyAndItsCertificateFirst() {
        TlsIdentity ec = TestIdentity.ec();
        TlsIdentity rsa = TestIdentity.rsa();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(ec.chain(), rsa.key()))
                .withMessageContaining("the key is not that of the certificate of CN=ec.example");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(List.of(ec.certificate(), rsa.certificate()), rsa.key()))
                .withMessageContaining("CN=rsa.example")
                .withMessageContaining("put that one first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(List.of(), rsa.key()))
                .withMessageContaining("no certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(ec.chain(), Secret.of("no key")))
                .withMessageContaining("the key is not that");
        byte[] damaged = ec.certificate().getPublicKey().getEncoded(); // it ends with the point of the key
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(ec.chain(), Secret.of(damaged)))
                .withMessageContaining("the key is not that");
        assertThat(ec).asString().contains("CN=ec.example").doesNotContain("PRIVATE");
    }

    @Test
    void datesAreToldAndDoNotMakeAnIdentityWrong() {
        TlsIdentity identity = TestIdentity.ec();
        Instant until = identity.certificate().getNotAfter().toInstant();
        Instant from = identity.certificate().getNotBefore().toInstant();

        assertThat(identity.dateProblem(until.minusSeconds(1))).isEmpty();
        assertThat(identity.dateProblem(until.plus(Duration.ofDays(1))))
                .hasValueSatisfying(text -> assertThat(text).isEqualTo("the certificate expired on " + until));
        assertThat(identity.dateProblem(from.minusSeconds(5)))
                .hasValueSatisfying(text -> assertThat(text).startsWith("the certificate is valid only from " + from));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String block(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }
}
