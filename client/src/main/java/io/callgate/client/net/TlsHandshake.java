package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// One TLS handshake as a client, and what its failure says about the network.
final class TlsHandshake {
    private final HostPort to;
    private final Trust trust;

    /// What the server showed, and why that will not do; set by the handshake on the thread that runs it.
    private X509Certificate @Nullable [] shown;

    private @Nullable CertificateException refusal;

    TlsHandshake(HostPort to, Trust trust) {
        this.to = to;
        this.trust = trust;
    }

    SSLSocket over(Socket socket, List<String> applicationProtocols, Attempt attempt) {
        int patienceMillis = attempt.leftMillis();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Judge()}, null);
            String name = trust.serverName().orElse(to.host());
            SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, name, to.port(), true);
            SSLParameters parameters = secured.getSSLParameters();
            if (!trust.isPinned()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            parameters.setApplicationProtocols(applicationProtocols.toArray(new String[0]));
            secured.setSSLParameters(parameters);
            secured.setSoTimeout(patienceMillis);
            secured.startHandshake();
            secured.setSoTimeout(0);
            return secured;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        } catch (IOException e) {
            Attempt.closeQuietly(socket);
            throw cause(e, patienceMillis, attempt.now());
        }
    }

    private PathException cause(IOException e, int patienceMillis, Instant now) {
        if (refusal != null) {
            return untrusted(refusal, e, now);
        }
        if (shown != null && causedBy(e, CertificateException.class)) {
            return new PathException(
                    ErrorCode.TLS_NAME,
                    "the certificate of " + to + " is for " + subject() + ", issued by " + issuer(),
                    "dial the relay by the name in its certificate, or give its server name or pin",
                    e);
        }
        boolean cut = e instanceof SocketTimeoutException || e instanceof SocketException || isEnd(e);
        if (cut) {
            return Causes.ofStream(to.toString(), "the TLS handshake is under way", e, patienceMillis);
        }
        return new PathException(
                ErrorCode.TLS_FAILED,
                "no TLS with " + to + ": " + e.getMessage(),
                "check that the port speaks TLS and that nothing on the way changes it",
                e);
    }

    private PathException untrusted(CertificateException why, IOException e, Instant now) {
        boolean tooEarly = causedBy(why, CertificateNotYetValidException.class);
        if (tooEarly || causedBy(why, CertificateExpiredException.class)) {
            return new PathException(
                    ErrorCode.TLS_UNTRUSTED,
                    "the certificate of " + to + " is valid from "
                            + leaf().getNotBefore().toInstant() + " to "
                            + leaf().getNotAfter().toInstant() + ", not now: this machine's clock says "
                            + now.truncatedTo(ChronoUnit.SECONDS),
                    tooEarly
                            ? "set the clock of this machine, it is behind: nobody issues certificates before their"
                                    + " time"
                            : "check the clock of this machine; else the relay needs a new certificate",
                    e);
        }
        if (trust.isPinned()) {
            return new PathException(
                    ErrorCode.TLS_INTERCEPTED,
                    "TLS to " + to + " is opened on the way: the certificate is not the relay's, it is issued by "
                            + issuer(),
                    "exempt that address from TLS inspection",
                    e);
        }
        boolean selfSigned = leaf().getIssuerX500Principal().equals(leaf().getSubjectX500Principal());
        if (selfSigned) {
            return new PathException(
                    ErrorCode.TLS_UNTRUSTED,
                    to + " shows a certificate that it has signed itself: " + subject(),
                    "if it is the relay's own, trust it by its file or by its pin " + Trust.pinOf(leaf()),
                    e);
        }
        return new PathException(
                ErrorCode.TLS_INTERCEPTED,
                "the certificate of " + to + " is issued by " + issuer() + ", which is not trusted here",
                "a firewall that inspects TLS does this: exempt that address from inspection; or trust that issuer, if"
                        + " it is the relay operator's",
                e);
    }

    private X509Certificate leaf() {
        if (shown == null) {
            throw new IllegalStateException("no certificate was shown");
        }
        return shown[0];
    }

    private String issuer() {
        return "\"" + leaf().getIssuerX500Principal().getName() + "\"";
    }

    private String subject() {
        return "\"" + leaf().getSubjectX500Principal().getName() + "\"";
    }

    private static boolean causedBy(Throwable e, Class<? extends Throwable> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEnd(IOException e) {
        return causedBy(e, EOFException.class)
                || (e instanceof SSLException && String.valueOf(e.getMessage()).contains("terminated the handshake"));
    }

    /// Not an `X509ExtendedTrustManager`: only beside a plain one does Java compare the name itself.
    private final class Judge implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            shown = chain.clone();
            try {
                trust.check(chain, keyExchange);
            } catch (CertificateException e) {
                refusal = e;
                throw e;
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            throw new CertificateException("a client judges no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
