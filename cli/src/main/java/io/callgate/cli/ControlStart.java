package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.control.ControlOptions;
import io.callgate.control.rest.HttpPlace;
import io.callgate.control.store.StoreException;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.IpAddress;
import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Starts control with what lies in its data folder: makes there what is missing.
///
/// - `seal.key` the key that secrets in the database are sealed with
/// - `operator.token` a token for the API, made at the first start
/// - `control.mv.db` the embedded database
/// - `control-self-signed.pem`, `control-self-signed.key` its certificate, if it listens beyond loopback and
///   its file names none
final class ControlStart {
    private static final String SEAL_KEY_VARIABLE = "CALLGATE_SEAL_KEY";
    private static final int SEAL_KEY_BYTES = 32;

    private final ControlFile.Settings settings;
    private final TimeSource time;
    private final OwnCertificate own;

    ControlStart(ControlFile.Settings settings, TimeSource time) {
        this.settings = settings;
        this.time = time;
        this.own = new OwnCertificate(settings.data(), "control-self-signed");
    }

    /// Whether a control with an embedded database has ever started in this folder.
    static boolean hasRunIn(Path data) {
        return Files.exists(data.resolve("control.mv.db"));
    }

    /// @param identity empty: plain HTTP
    /// @throws CommandFailed with what is in the way
    Control start(Optional<TlsIdentity> identity) {
        try {
            Control control =
                    Control.start(new ControlOptions(store(), settings.listen(), settings.console(), identity));
            try {
                if (!Files.exists(operatorToken())) {
                    DataFolder.write(
                            operatorToken(),
                            control.issueOperatorToken(operatorToken().toString())
                                            .reveal() + "\n");
                }
                control.ensurePool();
                return control;
            } catch (RuntimeException e) {
                control.close();
                throw e;
            }
        } catch (UncheckedIOException | StoreException | IllegalArgumentException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /// Who control is to TLS clients; empty if it speaks plain HTTP, which it does on loopback only.
    ///
    /// @param onChange told of a certificate that had to be made
    Optional<TlsIdentity> identity(Consumer<String> onChange) {
        if (settings.tls().isPresent()) {
            return settings.tls().map(RelayConfig.Tls::identity);
        }
        if (settings.addresses().stream().allMatch(InetAddress::isLoopbackAddress)) {
            return Optional.empty();
        }
        OwnCertificate.Fitting fitting = own.fittingFor(ownNames(), time.now());
        fitting.change().ifPresent(onChange);
        return Optional.of(fitting.identity());
    }

    /// Whether its own certificate should be followed by a new one.
    boolean isRenewalDue(TlsIdentity inUse) {
        return settings.tls().isEmpty() && OwnCertificate.isDue(inUse, ownNames(), time.now());
    }

    Path operatorToken() {
        return settings.data().resolve("operator.token");
    }

    /// How commands on this machine reach it.
    ///
    /// @param identity as it was started with
    ControlAccess access(Control control, Optional<TlsIdentity> identity) {
        try {
            return new ControlAccess(
                    url(settings.listen(), control.port(), identity),
                    Secret.of(Files.readString(operatorToken()).strip()),
                    identity.map(shown -> ControlTrust.ofPin(shown.pin())).orElseGet(ControlTrust::ofSystem));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailed(
                    "cannot read " + operatorToken() + ": " + e.getMessage() + "; remove it, and the next start makes"
                            + " another",
                    e);
        }
    }

    /// What a browser on this machine opens.
    ///
    /// @param identity as it was started with
    URI console(Control control, Optional<TlsIdentity> identity) {
        return url(settings.console().orElseThrow(), control.consolePort(), identity);
    }

    private static URI url(HttpPlace place, int port, Optional<TlsIdentity> identity) {
        InetAddress bound = place.address().getAddress();
        String host = bound.isAnyLocalAddress()
                ? ControlFile.DEFAULT_LISTEN.address().bracketed()
                : IpAddress.of(bound).bracketed();
        return URI.create((identity.isPresent() ? "https://" : "http://") + host + ":" + port + "/");
    }

    private CertificateNames ownNames() {
        return OwnCertificate.namesOf(
                settings.addresses().stream().map(IpAddress::of).collect(Collectors.toSet()));
    }

    private StoreOptions store() {
        return settings.database()
                .map(database -> StoreOptions.postgres(
                        database.url(), database.user(), database.passwordFile().map(this::password), sealKey(), time))
                .orElseGet(() -> StoreOptions.embedded(settings.data().resolve("control"), sealKey(), time));
    }

    private Secret password(Path file) {
        try {
            return Secret.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new CommandFailed("cannot read the database password in " + file + ": " + e.getMessage(), e);
        }
    }

    private Secret sealKey() {
        String named = System.getenv(SEAL_KEY_VARIABLE);
        if (named != null && !named.isEmpty()) {
            return decode(named, SEAL_KEY_VARIABLE);
        }
        Path file = settings.data().resolve("seal.key");
        try {
            if (!Files.exists(file)) {
                byte[] key = new byte[SEAL_KEY_BYTES];
                new SecureRandom().nextBytes(key);
                DataFolder.write(file, Base64.getEncoder().encodeToString(key) + "\n");
            }
            return decode(Files.readString(file).strip(), file.toString());
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Secret decode(String text, String place) {
        try {
            Secret key = Secret.of(Base64.getDecoder().decode(text));
            if (key.lengthBytes() == SEAL_KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // The same answer as for a key of another length.
        }
        throw new CommandFailed("the seal key in " + place + " is not base64 of " + SEAL_KEY_BYTES + " bytes");
    }
}
