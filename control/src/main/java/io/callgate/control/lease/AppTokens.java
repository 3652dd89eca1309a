package io.callgate.control.lease;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Function;

/// Reads the tokens that apps give to their clients: JWT, HS256 and nothing else; `iss` the app, `sub` the uid,
/// `exp`.
final class AppTokens {
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final int LONGEST = 4096;
    private static final String MEND =
            "sign a JWT with HS256 and a token secret of the app: iss = app id, sub = uid, exp";

    /// What an unknown app's token is checked with, so that it takes as long as a known one's.
    private static final Secret NOBODYS = Secret.of("no app signs with this, whatever it may be called");

    private AppTokens() {}

    /// @param secrets of an app; none if there is no such app
    static TokenVerdict verify(String token, Function<AppId, List<Secret>> secrets, Instant now) {
        try {
            SignedJWT jwt = parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (claims.getIssuer() == null || claims.getSubject() == null || claims.getExpirationTime() == null) {
                return bad(ErrorCode.TOKEN_INVALID, "the token lacks iss, sub or exp");
            }
            AppId app = new AppId(claims.getIssuer());
            if (!isSignedByOneOf(jwt, secrets.apply(app))) {
                // The same words for an app that does not exist: nobody learns which apps do.
                return bad(ErrorCode.TOKEN_INVALID, "no token secret of the app has signed the token");
            }
            if (claims.getExpirationTime().toInstant().plus(SKEW).isBefore(now)) {
                return bad(
                        ErrorCode.TOKEN_EXPIRED,
                        "the token expired at " + claims.getExpirationTime().toInstant());
            }
            Date notBefore = claims.getNotBeforeTime();
            if (notBefore != null && notBefore.toInstant().minus(SKEW).isAfter(now)) {
                return new TokenVerdict.Bad(new LeaseAnswer.Refused(
                        ErrorCode.TOKEN_INVALID,
                        "the token is not good before " + notBefore.toInstant() + ", and it is " + now,
                        "set the clock of the server that signs the tokens: it is ahead"));
            }
            return new TokenVerdict.Good(app, new Subject(claims.getSubject()));
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return bad(ErrorCode.TOKEN_INVALID, "the token is no JWT of an app");
        }
    }

    private static SignedJWT parse(String token) throws ParseException {
        if (token.length() > LONGEST) {
            throw new IllegalArgumentException("a token of " + token.length() + " characters");
        }
        SignedJWT jwt = SignedJWT.parse(token);
        if (!jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256)) {
            throw new IllegalArgumentException("algorithm " + jwt.getHeader().getAlgorithm());
        }
        return jwt;
    }

    private static boolean isSignedByOneOf(SignedJWT jwt, List<Secret> secrets) throws JOSEException {
        boolean isSigned = false;
        for (Secret secret : secrets.isEmpty() ? List.of(NOBODYS) : secrets) {
            isSigned |= jwt.verify(new MACVerifier(secret.bytes())) && !secrets.isEmpty();
        }
        return isSigned;
    }

    private static TokenVerdict bad(ErrorCode code, String detail) {
        return new TokenVerdict.Bad(new LeaseAnswer.Refused(code, detail, MEND));
    }
}
