package io.callgate.cli;

import io.callgate.model.HostName;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.RelayAddress;
import io.callgate.model.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The certificate of a relay or control whose file names none: self-signed, kept in a folder, made anew when it
/// does not fit any more. The key stays, so that clients that have pinned it find it again.
final class OwnCertificate {
    private static final Duration NEAR_THE_END = Duration.ofDays(30);
    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Path certificateFile;
    private final Path keyFile;
    private @Nullable TlsIdentity unsaved;

    OwnCertificate(Path folder) {
        this(folder, "self-signed");
    }

    /// @param name of its two files, without `.pem` and `.key`
    OwnCertificate(Path folder, String name) {
        this.certificateFile = folder.resolve(name + ".pem");
        this.keyFile = folder.resolve(name + ".key");
    }

    /// @param change what the operator should know: made, made anew and why, or could not be kept; else empty
    record Fitting(TlsIdentity identity, Optional<String> change) {}

    Path certificateFile() {
        return certificateFile;
    }

    /// The kept one if it fits; else a new one, kept if the folder allows it.
    Fitting fittingFor(RelayConfig config, Instant now) {
        return fittingFor(namesFor(config), now);
    }

    /// The same, for whoever is called by these names.
    Fitting fittingFor(CertificateNames names, Instant now) {
        Optional<TlsIdentity> kept = kept();
        Optional<String> misfit = kept.isPresent() ? misfit(kept.get(), names, now) : Optional.of(whyNoneIsKept());
        if (misfit.isEmpty()) {
            return new Fitting(kept.orElseThrow(), Optional.empty());
        }
        TlsIdentity made = make(kept, names, now);
        return new Fitting(made, Optional.of(save(made, misfit.get())));
    }

    /// Whether the one in use should be followed by a new one.
    static boolean isDue(TlsIdentity inUse, RelayConfig config, Instant now) {
        return isDue(inUse, namesFor(config), now);
    }

    static boolean isDue(TlsIdentity inUse, CertificateNames names, Instant now) {
        return misfit(inUse, names, now).isPresent();
    }

    /// One that could not be kept is newer than what lies there.
    private Optional<TlsIdentity> kept() {
        if (unsaved != null) {
            return Optional.of(unsaved);
        }
        try {
            return Optional.of(Pem.identity(certificateFile, keyFile));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String whyNoneIsKept() {
        return Files.exists(certificateFile) || Files.exists(keyFile)
                ? "what was there cannot be read"
                : "no other is named under tls";
    }

    private static TlsIdentity make(Optional<TlsIdentity> kept, CertificateNames names, Instant now) {
        Optional<TlsIdentity> reusable = kept.filter(
                old -> old.certificate().getPublicKey().getAlgorithm().equals("EC"));
        if (reusable.isPresent()) {
            PublicKey publicKey = reusable.get().certificate().getPublicKey();
            PrivateKey privateKey = reusable.get().privateKey();
            return SelfSigned.make(publicKey, privateKey, names, now);
        }
        KeyPair fresh = SelfSigned.newKey();
        return SelfSigned.make(fresh.getPublic(), fresh.getPrivate(), names, now);
    }

    private String save(TlsIdentity made, String why) {
        try {
            WholeFile.write(keyFile, Pem.write(made.key()), WholeFile.OWNER_ONLY);
            WholeFile.write(certificateFile, Pem.write(made.chain()), WholeFile.READABLE_BY_ALL);
            unsaved = null;
            return "made a self-signed certificate, " + certificateFile + ": " + why;
        } catch (IOException e) {
            unsaved = made;
            return "warning: a self-signed certificate is used (" + why + "), and it cannot be kept in "
                    + certificateFile.toAbsolutePath().getParent()
                    + ": the next start will make another, which clients do not know; name a folder with --data, or a"
                    + " certificate under tls";
        }
    }

    /// Why it cannot stay.
    private static Optional<String> misfit(TlsIdentity kept, CertificateNames names, Instant now) {
        Instant end = kept.certificate().getNotAfter().toInstant();
        if (now.plus(NEAR_THE_END).isAfter(end)) {
            return Optional.of("the old one ends on " + end);
        }
        if (now.isBefore(kept.certificate().getNotBefore().toInstant())) {
            return Optional.of("the old one is valid only later");
        }
        Set<String> missing = names.without(CertificateNames.of(kept.certificate()));
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("the old one does not name " + String.join(", ", missing));
    }

    private static CertificateNames namesFor(RelayConfig config) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        config.effectiveListeners().stream().map(ListenerState::address).forEach(addresses::add);
        config.effectiveRelayAddresses().stream()
                .map(RelayAddress::publicAddress)
                .forEach(addresses::add);
        return namesOf(addresses);
    }

    /// What a server is called that listens on these addresses: the machine's own for a wildcard, and loopback.
    static CertificateNames namesOf(Set<IpAddress> bound) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        for (IpAddress address : bound) {
            if (address.isWildcard()) {
                addresses.addAll(LocalAddresses.reachable(address.isV4()));
            } else {
                addresses.add(address);
            }
        }
        addresses.add(IpAddress.parse("127.0.0.1"));
        addresses.add(IpAddress.parse("::1"));
        Set<String> hosts = new LinkedHashSet<>();
        hostName().map(HostName::value).ifPresent(hosts::add);
        hosts.add("localhost");
        return new CertificateNames(addresses, hosts);
    }

    /// Not by `InetAddress`, which asks the network and may wait long.
    static Optional<HostName> hostName() {
        try {
            String name = Files.exists(KERNEL_HOST_NAME)
                    ? Files.readString(KERNEL_HOST_NAME)
                    : System.getenv()
                            .getOrDefault("COMPUTERNAME", System.getenv().getOrDefault("HOSTNAME", ""));
            return Optional.of(new HostName(name.strip()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // such names as "(none)": no client asks for them
        }
    }
}
