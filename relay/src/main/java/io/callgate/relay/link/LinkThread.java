package io.callgate.relay.link;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread of the link: takes one step after the other until it is closed, waits longer after each that fails,
/// and tells once what is wrong.
final class LinkThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LinkThread.class);

    /// One question to control.
    interface Step {
        /// @return how long to wait until the next
        Duration take() throws ControlException, InterruptedException;
    }

    private final String what;
    private final Step step;
    private final Backoff backoff;
    private final Semaphore sooner = new Semaphore(0);
    private final Thread thread;
    private volatile Optional<String> problem = Optional.empty();
    private volatile boolean isClosed;

    /// @param what names it in the log
    LinkThread(String what, Step step, Backoff backoff) {
        this.what = what;
        this.step = step;
        this.backoff = backoff;
        this.thread = Thread.ofPlatform().name("link-" + what).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Something says that control answers again: after a failure, the next step is taken now.
    void tryNow() {
        if (problem.isPresent()) {
            sooner.release();
        }
    }

    /// Why the last step failed; empty if it did not.
    Optional<String> problem() {
        return problem;
    }

    private void run() {
        try {
            while (!isClosed) {
                Duration pause = next();
                if (sooner.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    sooner.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private Duration next() throws InterruptedException {
        try {
            Duration pause = step.take();
            if (problem.isPresent()) {
                log.atInfo().addKeyValue("what", what).log("link.up");
            }
            problem = Optional.empty();
            backoff.onSuccess();
            return pause;
        } catch (ControlException e) {
            switch (e) {
                case ControlException.Away away -> tell("link.lost", away.words());
                case ControlException.Refused refused -> tell("link.refused", refused.words());
            }
        } catch (RuntimeException e) { // a fault of ours must not cut the relay off for good
            log.atError().addKeyValue("what", what).setCause(e).log("link.failed");
        }
        return backoff.next();
    }

    private void tell(String event, String cause) {
        if (problem.isEmpty() && !isClosed) {
            log.atWarn().addKeyValue("what", what).addKeyValue("cause", cause).log(event);
        }
        problem = Optional.of(cause);
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
    }
}
