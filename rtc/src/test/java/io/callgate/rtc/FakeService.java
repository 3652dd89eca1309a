package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.Attempt;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A cloud that notes what is asked of it, and fails where a test says so.
final class FakeService implements RtcService, ServiceSession {
    final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    final AtomicInteger probes = new AtomicInteger();

    private final Map<String, BlockingQueue<RuntimeException>> failures = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> stuck = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> heldFast = new ConcurrentHashMap<>();
    private final boolean announces;
    private volatile @Nullable ServiceListener listener;

    FakeService() {
        this(true);
    }

    /// @param announces whether streams are told of
    FakeService(boolean announces) {
        this.announces = announces;
    }

    /// The next thing that begins so fails so.
    void fail(String what, RuntimeException how) {
        failures.computeIfAbsent(what, key -> new LinkedBlockingQueue<>()).add(how);
    }

    /// The next thing that begins so blocks until it is interrupted.
    ///
    /// @return falls when it blocks
    CountDownLatch block(String what) {
        CountDownLatch blocks = new CountDownLatch(1);
        stuck.put(what, blocks);
        return blocks;
    }

    /// The next thing that begins so waits until that falls.
    CountDownLatch hold(String what) {
        CountDownLatch falls = new CountDownLatch(1);
        held.put(what, falls);
        return falls;
    }

    /// The same, and it cannot be called away from that.
    CountDownLatch holdFast(String what) {
        CountDownLatch falls = new CountDownLatch(1);
        heldFast.put(what, falls);
        return falls;
    }

    ServiceListener listener() {
        return Objects.requireNonNull(listener, "nobody has joined");
    }

    String next() throws InterruptedException {
        String next = asked.poll(5, TimeUnit.SECONDS);
        assertThat(next).as("nothing is asked of the cloud").isNotNull();
        return next;
    }

    /// That these are asked of it, in this order.
    void expect(String... requests) throws InterruptedException {
        for (String request : requests) {
            assertThat(next()).isEqualTo(request);
        }
    }

    private void note(String what) {
        asked.add(what);
        String verb = what.split(" ", 2)[0];
        CountDownLatch blocks = stuck.remove(verb);
        if (blocks != null) {
            blocks.countDown();
            await(new CountDownLatch(1));
        }
        CountDownLatch falls = held.remove(verb);
        if (falls != null) {
            await(falls);
        }
        CountDownLatch surelyFalls = heldFast.remove(verb);
        if (surelyFalls != null) {
            awaitWhateverComes(surelyFalls);
        }
        BlockingQueue<RuntimeException> waiting = failures.get(verb);
        RuntimeException failure = waiting == null ? null : waiting.poll();
        if (failure != null) {
            throw failure;
        }
    }

    private static void await(CountDownLatch falls) {
        try {
            falls.await();
        } catch (InterruptedException e) {
            throw ServiceException.unreachable(ErrorCode.RELAY_SILENT, "called away", e);
        }
    }

    private static void awaitWhateverComes(CountDownLatch falls) {
        boolean isInterrupted = false;
        while (falls.getCount() > 0) {
            try {
                falls.await();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public ServiceSession join(JoinRequest request, TransportPlan plan, MediaStack media, ServiceListener told) {
        listener = told;
        note("join " + request.channel() + " by " + plan.epoch());
        return this;
    }

    @Override
    public boolean announcesStreams() {
        return announces;
    }

    @Override
    public DirectProbe probe(TimeSource time) {
        return new DirectProbe() {
            @Override
            public boolean signalling(Attempt attempt) {
                probes.incrementAndGet();
                return true;
            }

            @Override
            public boolean media(Attempt attempt) {
                return true;
            }
        };
    }

    @Override
    public void publish(Publication publication) {
        note("publish " + publication.name());
    }

    @Override
    public void unpublish() {
        note("unpublish");
    }

    @Override
    public void subscribe(String name, StreamSinks sinks) {
        note("subscribe " + name);
    }

    @Override
    public void unsubscribe(String name) {
        note("unsubscribe " + name);
    }

    @Override
    public void apply(TransportPlan plan) {
        note("apply " + plan.epoch());
    }

    @Override
    public void reclaim(TransportPlan plan) {
        note("reclaim " + plan.epoch());
    }

    @Override
    public List<LinkStats> statistics() {
        return List.of();
    }

    @Override
    public void leave() {
        note("leave");
    }

    @Override
    public void close() {
        note("close");
    }
}
