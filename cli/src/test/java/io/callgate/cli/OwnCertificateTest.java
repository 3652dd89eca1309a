package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.model.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The self-signed certificate of a relay whose file names none.
class OwnCertificateTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    private Path folder = Path.of("unset");

    private OwnCertificate own = new OwnCertificate(Path.of("unset"));

    @BeforeEach
    void make() {
        own = new OwnCertificate(folder);
    }

    @Test
    void namesEveryAddressAndIsKeptForTheOwnerOnly() throws IOException, GeneralSecurityException {
        OwnCertificate.Fitting made = own.fittingFor(listeningOn("192.0.2.7", "2001:db8::7"), NOW);

        TlsIdentity identity = made.identity();
        assertThat(made.change()).hasValueSatisfying(text -> assertThat(text).contains("made a self-signed"));
        identity.certificate().verify(identity.certificate().getPublicKey());
        assertThat(identity.dateProblem(NOW)).isEmpty();
        assertThat(identity.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(identity.certificate().getBasicConstraints())
                .as("no authority")
                .isEqualTo(-1);
        CertificateNames names = CertificateNames.of(identity.certificate());
        assertThat(names.addresses())
                .contains(
                        IpAddress.parse("192.0.2.7"),
                        IpAddress.parse("2001:db8::7"),
                        IpAddress.parse("127.0.0.1"),
                        IpAddress.parse("::1"));
        assertThat(names.hosts()).contains("localhost");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("self-signed.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void itsKeyNamesThePublicKeySoThatNoSignatureIsNeededToKnowIt() throws GeneralSecurityException {
        TlsIdentity made = own.fittingFor(listeningOn("192.0.2.7"), NOW).identity();

        byte[] spki = made.certificate().getPublicKey().getEncoded();
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(made.key().bytes())).endsWith(hex.formatHex(spki, spki.length - 65, spki.length));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(made.privateKey());
        signature.update(spki);
        byte[] signed = signature.sign();
        signature.initVerify(made.certificate());
        signature.update(spki);
        assertThat(signature.verify(signed)).isTrue();
    }

    @Test
    void staysAsLongAsItFits() {
        TlsIdentity made = own.fittingFor(listeningOn("192.0.2.7"), NOW).identity();

        OwnCertificate.Fitting later =
                new OwnCertificate(folder).fittingFor(listeningOn("192.0.2.7"), NOW.plus(Duration.ofDays(700)));

        assertThat(later).isEqualTo(new OwnCertificate.Fitting(made, Optional.empty()));
    }

    @Test
    void isMadeAnewWithTheSameKeyForANewAddressAndNearItsEnd() {
        TlsIdentity first = own.fittingFor(listeningOn("192.0.2.7"), NOW).identity();

        OwnCertificate.Fitting moved = own.fittingFor(listeningOn("192.0.2.8"), NOW);
        Instant late = NOW.plus(SelfSigned.LIFE).minus(Duration.ofDays(20));
        OwnCertificate.Fitting renewed = own.fittingFor(listeningOn("192.0.2.8"), late);

        assertThat(moved.change()).hasValueSatisfying(text -> assertThat(text).contains("does not name 192.0.2.8"));
        assertThat(renewed.change()).hasValueSatisfying(text -> assertThat(text).contains("the old one ends on"));
        assertThat(List.of(moved.identity().pin(), renewed.identity().pin()))
                .as("clients that pin it find it again")
                .containsOnly(first.pin());
        assertThat(renewed.identity().fingerprint()).isNotEqualTo(first.fingerprint());
        assertThat(renewed.identity().dateProblem(late)).isEmpty();
    }

    @Test
    void damagedFilesAreReplaced() throws IOException {
        own.fittingFor(listeningOn("192.0.2.7"), NOW);
        Files.writeString(folder.resolve("self-signed.pem"), "-----BEGIN CERTIFICATE-----\n");

        OwnCertificate.Fitting fitting = own.fittingFor(listeningOn("192.0.2.7"), NOW);

        assertThat(fitting.change()).hasValueSatisfying(text -> assertThat(text).contains("cannot be read"));
        assertThat(own.fittingFor(listeningOn("192.0.2.7"), NOW).change()).isEmpty();
    }

    @Test
    void withoutAFolderToKeepItInItIsTheSameUntilTheEndAndThatIsSaid() {
        OwnCertificate homeless = new OwnCertificate(folder.resolve("nowhere"));

        OwnCertificate.Fitting first = homeless.fittingFor(listeningOn("192.0.2.7"), NOW);

        assertThat(first.change())
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("warning: ")
                        .contains("the next start will make another", "--data"));
        assertThat(homeless.fittingFor(listeningOn("192.0.2.7"), NOW).identity())
                .isEqualTo(first.identity());
        assertThat(OwnCertificate.isDue(first.identity(), listeningOn("192.0.2.7"), NOW))
                .isFalse();
    }

    @Test
    void whatCouldNotBeKeptIsNotMadeAgainForWhatLiesThere() throws IOException {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        OwnCertificate certificate = new OwnCertificate(kept);
        certificate.fittingFor(listeningOn("192.0.2.7"), NOW);
        Files.delete(kept.resolve("self-signed.key"));
        Files.createDirectories(kept.resolve("self-signed.key/in the way")); // nothing can be moved onto it

        OwnCertificate.Fitting unsaved = certificate.fittingFor(listeningOn("192.0.2.8"), NOW);
        OwnCertificate.Fitting again = certificate.fittingFor(listeningOn("192.0.2.8"), NOW);

        assertThat(unsaved.change()).isPresent();
        assertThat(again).isEqualTo(new OwnCertificate.Fitting(unsaved.identity(), Optional.empty()));
    }

    private static RelayConfig listeningOn(String... addresses) {
        return RelayConfig.DEFAULT.withListeners(List.of(addresses).stream()
                .map(address -> RelayConfig.listener(IpAddress.parse(address), 443))
                .toList());
    }
}
