package io.callgate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;

/// Certificates and keys that a relay file names, relative to its own folder.
final class PemFiles {
    private PemFiles() {}

    /// Empty after a reported problem.
    static Optional<Path> certificate(YamlValue place) {
        Optional<Path> path = place.text().map(name -> place.file().resolveSibling(name));
        return path.filter(file -> {
            try (InputStream pem = Files.newInputStream(file)) {
                if (CertificateFactory.getInstance("X.509")
                        .generateCertificates(pem)
                        .isEmpty()) {
                    place.error(file + " holds no certificate; want PEM with BEGIN CERTIFICATE");
                    return false;
                }
                return true;
            } catch (IOException e) {
                place.error(unreadable(file));
            } catch (CertificateException e) {
                place.error(file + " holds no certificate that can be read; want PEM with BEGIN CERTIFICATE");
            }
            return false;
        });
    }

    /// Empty after a reported problem.
    static Optional<Path> key(YamlValue place) {
        Optional<Path> path = place.text().map(name -> place.file().resolveSibling(name));
        return path.filter(file -> {
            try {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY-----")) {
                    return true;
                }
                place.error(file + " holds no key; want PEM with BEGIN PRIVATE KEY");
            } catch (IOException e) {
                place.error(unreadable(file));
            }
            return false;
        });
    }

    private static String unreadable(Path file) {
        String reason = Files.isDirectory(file)
                ? "it is a folder"
                : Files.exists(file) ? "this user may not read it" : "there is no such file";
        return "cannot read " + file + ": " + reason;
    }
}
