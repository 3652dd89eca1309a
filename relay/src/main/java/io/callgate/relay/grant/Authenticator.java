package io.callgate.relay.grant;

import io.callgate.model.Cidr;
import io.callgate.model.IpAddress;
import io.callgate.model.RelayCredential;
import io.callgate.model.RelayUsername;
import io.callgate.model.Revocation;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Decides who a client is, for every protocol: TURN REST credentials, static users, and networks that an app
/// trusts. Stateless, safe on every loop. A wrong name costs the same work as a wrong password.
public final class Authenticator {
    /// Longest life of a credential, and by how much clocks may differ.
    private static final Duration FARTHEST_EXPIRY = RelayCredential.LONGEST_LIFE.plusSeconds(60);

    /// As many as an app may have secrets.
    private static final int PASSWORDS = 2;

    private final Apps apps;
    private final TimeSource time;
    private final Secret decoy;

    /// @param decoy random bytes; makes the passwords that unknown names are compared with
    public Authenticator(Apps apps, TimeSource time, Secret decoy) {
        this.apps = apps;
        this.time = time;
        this.decoy = decoy;
    }

    /// A claimed name with what would prove it.
    public sealed interface Claim {
        /// Passwords to try, never none; made when asked for, since most clients prove themselves by the first.
        List<Supplier<String>> passwords();

        /// The client is `identity` if it knows one of the passwords.
        record Credible(Identity identity, List<Supplier<String>> passwords) implements Claim {}

        /// No password proves this name; the decoys are there to spend the same time.
        record Refused(DropReason reason, List<Supplier<String>> passwords) implements Claim {}
    }

    /// What is to be known of a user name before its password is looked at.
    public Claim claim(String userName) {
        Optional<Apps.User> staticUser = apps.findUser(userName);
        if (staticUser.isPresent()) {
            return claimOf(staticUser.get().user());
        }
        Optional<RelayUsername> parsed = RelayUsername.parse(userName);
        if (parsed.isEmpty()) {
            return refused(DropReason.CREDENTIAL_MALFORMED, userName);
        }
        RelayUsername name = parsed.get();
        Optional<LiveApp> app = apps.find(name.app(), name.subject());
        if (app.isEmpty() || app.get().state().relaySecrets().isEmpty()) {
            return refused(DropReason.UNKNOWN_APP, userName);
        }
        Instant now = time.now();
        if (!name.expiresAt().isAfter(now)) {
            return refused(DropReason.CREDENTIAL_EXPIRED, userName);
        }
        if (name.expiresAt().isAfter(now.plus(FARTHEST_EXPIRY))) {
            return refused(DropReason.CREDENTIAL_TOO_FAR_AHEAD, userName);
        }
        Identity identity = new Identity(app.get(), name.subject(), name.expiresAt());
        if (isRevoked(identity)) {
            return refused(DropReason.REVOKED, userName);
        }
        List<Supplier<String>> passwords = new ArrayList<>();
        for (Secret secret : app.get().state().relaySecrets()) {
            passwords.add(() -> RelayCredential.password(secret, userName));
        }
        return new Claim.Credible(identity, withDecoys(passwords, userName));
    }

    /// The same for a static user found by other means (USERHASH).
    public Claim claimOf(StaticUser user) {
        Optional<Apps.User> known = apps.findUser(user.name());
        if (known.isEmpty() || !known.get().user().equals(user)) { // changed or removed since it was found
            return refused(DropReason.UNKNOWN_APP, user.name());
        }
        Identity identity = new Identity(known.get().app(), new Subject(user.name()), Instant.MAX);
        if (isRevoked(identity)) {
            return refused(DropReason.REVOKED, user.name());
        }
        return new Claim.Credible(identity, withDecoys(List.of(user.password()::reveal), user.name()));
    }

    /// Checks a name and password that came in the clear (SOCKS5, HTTP Basic), in constant time. A credential of
    /// the check page is none here: it is for TURN alone.
    ///
    /// @return the client, or why not
    public Verdict verify(String userName, String password) {
        Claim claim = claim(userName);
        byte[] given = password.getBytes(StandardCharsets.UTF_8);
        boolean isRight = false;
        for (Supplier<String> right : claim.passwords()) {
            isRight |= MessageDigest.isEqual(right.get().getBytes(StandardCharsets.UTF_8), given);
        }
        if (claim instanceof Claim.Credible credible) {
            if (isRight && credible.identity().app().isGuest()) {
                return new Verdict.Refused(DropReason.GUEST_TUNNEL);
            }
            return isRight ? new Verdict.Proved(credible.identity()) : new Verdict.Refused(DropReason.WRONG_PASSWORD);
        }
        return new Verdict.Refused(((Claim.Refused) claim).reason());
    }

    /// The same for name and password joined by a colon. A password has no colon, a name has two: so the last one
    /// parts them, wherever the client's own software took the border to be (curl takes the first).
    public Verdict verifyPair(String pair) {
        int colon = pair.lastIndexOf(':');
        return colon < 0
                ? new Verdict.Refused(DropReason.CREDENTIAL_MALFORMED)
                : verify(pair.substring(0, colon), pair.substring(colon + 1));
    }

    /// What came of a name and a password.
    public sealed interface Verdict {
        record Proved(Identity identity) implements Verdict {}

        record Refused(DropReason reason) implements Verdict {}
    }

    /// The client, if an app trusts its network to use SOCKS5 and CONNECT without a credential. TURN never asks
    /// this.
    public Optional<Identity> trusted(IpAddress client) {
        // As it came: what hides IPv4 in IPv6 is anybody's to make up (an ISATAP identifier fits every /64).
        for (LiveApp app : apps.all().values()) {
            for (Cidr network : app.state().clients()) {
                if (network.contains(client)) {
                    String subject = "net@" + client.toString().replace(':', '-');
                    Identity identity = new Identity(app, new Subject(subject), Instant.MAX);
                    return isRevoked(identity) ? Optional.empty() : Optional.of(identity);
                }
            }
        }
        return Optional.empty();
    }

    /// Static users of all apps, for what must be looked up by more than a name.
    public List<StaticUser> staticUsers() {
        return apps.users();
    }

    /// Whether there is any.
    public boolean hasStaticUsers() {
        return apps.hasUsers();
    }

    /// Whether a revocation ends this identity. A credential has no time of issue: it may be older than
    /// `notBefore` if it expires within the longest life after it. Static users and trusted networks have no
    /// expiry and are always struck.
    static boolean strikes(Revocation revocation, Identity identity) {
        return revocation.concerns(identity.app().id(), identity.subject())
                && (identity.credentialExpiresAt().equals(Instant.MAX)
                        || identity.credentialExpiresAt()
                                .isBefore(revocation.notBefore().plus(RelayCredential.LONGEST_LIFE)));
    }

    /// The same of any of them; most relays have none.
    static boolean isStruck(Identity identity, List<Revocation> revocations) {
        for (Revocation revocation : revocations) {
            if (strikes(revocation, identity)) {
                return true;
            }
        }
        return false;
    }

    private boolean isRevoked(Identity identity) {
        return isStruck(identity, apps.state().revocations());
    }

    private Claim.Refused refused(DropReason reason, String userName) {
        return new Claim.Refused(reason, withDecoys(List.of(), userName));
    }

    /// Fills up to [#PASSWORDS] with passwords that nobody knows, so that every name costs the same.
    private List<Supplier<String>> withDecoys(List<Supplier<String>> passwords, String userName) {
        List<Supplier<String>> filled = new ArrayList<>(passwords);
        while (filled.size() < PASSWORDS) {
            filled.add(() -> RelayCredential.password(decoy, userName));
        }
        return filled;
    }
}
