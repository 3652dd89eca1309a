package io.callgate.relay.tls;

import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// TLS of one relay: makes what the loops show to clients, and remembers who came. From any thread.
public final class TlsService implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsService.class);

    /// The JDK signs and agrees on keys in Java, which takes a loop's time from everybody's media: so that goes to
    /// threads of its own. As many as may be at work at once; the rest waits, bounded by the unproven clients.
    private static final int JDK_TASK_THREADS = 2;

    private final TlsProvider provider;
    private final TimeSource time;
    private final RecentHandshakes recent;
    private final ExecutorService tasks =
            Executors.newFixedThreadPool(JDK_TASK_THREADS, new DefaultThreadFactory("relay-tls", true));

    public TlsService(TlsProvider provider, TimeSource time) {
        this.provider = provider;
        this.time = time;
        this.recent = new RecentHandshakes(time);
    }

    public RecentHandshakes recent() {
        return recent;
    }

    /// Makes an identity ready, not yet in use.
    ///
    /// @throws IllegalArgumentException if this machine's TLS cannot work with it
    public TlsContext prepare(TlsIdentity identity) {
        // BoringSSL needs a fraction of a millisecond a handshake: less than to hand it over and back.
        Executor executor = provider == TlsProvider.JDK ? tasks : Runnable::run;
        try {
            return new TlsContext(identity, provider, executor);
        } catch (SSLException | RuntimeException e) {
            throw new IllegalArgumentException("TLS cannot work with " + identity + ": " + e.getMessage(), e);
        }
    }

    /// Tells what clients see from now on, and what they will not like.
    public void onInForce(TlsContext context) {
        TlsIdentity identity = context.identity();
        String dateProblem = identity.dateProblem(time.now()).orElse("");
        var event = log.atLevel(dateProblem.isEmpty() ? Level.INFO : Level.WARN)
                .addKeyValue("provider", provider)
                .addKeyValue("subject", identity.certificate().getSubjectX500Principal())
                .addKeyValue("sha256", identity.fingerprint())
                .addKeyValue("until", identity.certificate().getNotAfter().toInstant());
        (dateProblem.isEmpty() ? event : event.addKeyValue("problem", dateProblem)).log("certificate.applied");
    }

    @Override
    public void close() {
        tasks.shutdown();
    }
}
