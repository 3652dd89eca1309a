package io.callgate.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The company's own certificate authority, made for one run: a certificate for the relay, with its address in
/// subjectAltName, and two homes for browsers, one that trusts the authority and one that has never heard of it.
final class LabAuthority {
    private final Path folder;

    /// @param folder an empty one
    /// @param relayAddress an IPv4 literal
    LabAuthority(Path folder, String relayAddress, String relayName) throws IOException {
        this(folder, List.of(relayAddress), relayName);
    }

    /// @param addresses IPv4 literals; one certificate is good for all, so that each server can be given it
    LabAuthority(Path folder, List<String> addresses, String relayName) throws IOException {
        this.folder = folder;
        openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout ca-key.pem -out"
                + " ca.pem -subj /CN=Callgate-laboratory -addext basicConstraints=critical,CA:true"
                + " -addext keyUsage=critical,keyCertSign");
        openssl("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout relay-key.pem -out relay.csr -subj"
                + " /CN=relay");
        Files.writeString(folder.resolve("relay.ext"), """
            subjectAltName = IP:%s, DNS:%s
            extendedKeyUsage = serverAuth
            """.formatted(String.join(", IP:", addresses), relayName));
        openssl("x509 -req -in relay.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile relay.ext -out"
                + " relay.pem");
        Path database = Files.createDirectories(home(true).resolve(".pki/nssdb")); // where Chromium looks on Linux
        run(List.of("certutil", "-d", "sql:" + database, "-N", "--empty-password"));
        run(List.of("certutil", "-d", "sql:" + database, "-A", "-t", "C,,", "-n", "lab", "-i", folder + "/ca.pem"));
        Files.createDirectories(home(false));
    }

    Path relayCertificate() {
        return folder.resolve("relay.pem");
    }

    /// Of the authority itself, for those who are to trust it.
    Path authorityCertificate() {
        return folder.resolve("ca.pem");
    }

    Path relayKey() {
        return folder.resolve("relay-key.pem");
    }

    /// A `$HOME` for Chromium.
    Path home(boolean trusting) {
        return folder.resolve(trusting ? "home-trusting" : "home-distrusting");
    }

    private void openssl(String arguments) {
        run(List.of(("openssl " + arguments).split(" ", -1)));
    }

    private void run(List<String> command) {
        ProgramRun run = ProgramRun.of(new ProcessBuilder(command).directory(folder.toFile()));
        if (run.exitCode() != 0) throw new IllegalStateException(String.join(" ", command) + ": " + run.output());
    }
}
