package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.testkit.FakeClock;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TogetherTest {
    private final List<List<String>> rounds = new CopyOnWriteArrayList<>();
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    /// Parts that begin alike are of one relay.
    private final Together<String, String> together =
            new Together<>(new FakeClock(), (one, other) -> one.charAt(0) == other.charAt(0), this::work);

    @AfterEach
    void close() {
        mayGoOn.countDown();
        callers.close();
    }

    @Test
    void whoComesWhileARoundIsUnderWayGoesTogetherInTheNext() throws Exception {
        CompletableFuture<String> first = take("hold");
        awaitRounds(1);
        List<CompletableFuture<String>> others = new ArrayList<>();
        for (String part : List.of("a1", "b1", "c1", "a2")) {
            others.add(take(part));
            awaitWaiting(others.size());
        }

        mayGoOn.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("HOLD");
        assertThat(others)
                .allSatisfy(other -> assertThat(other.get(10, TimeUnit.SECONDS)).isUpperCase());
        assertThat(rounds).containsExactly(List.of("hold"), List.of("a1", "b1", "c1"), List.of("a2"));
    }

    @Test
    void oneThatFailsDoesNotTakeTheOthersWithIt() throws Exception {
        take("hold");
        awaitRounds(1);
        CompletableFuture<String> good = take("a1");
        CompletableFuture<String> bad = take("bad");
        awaitWaiting(2);

        mayGoOn.countDown();

        assertThat(good.get(10, TimeUnit.SECONDS)).isEqualTo("A1");
        assertThatThrownBy(bad::join).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void withoutADatabaseAllAreToldAtOnce() {
        take("hold");
        awaitRounds(1);
        CompletableFuture<String> one = take("gone");
        CompletableFuture<String> other = take("a1");
        awaitWaiting(2);

        mayGoOn.countDown();

        assertThatThrownBy(one::join).hasCauseInstanceOf(ConnectionException.class);
        assertThatThrownBy(other::join).hasCauseInstanceOf(ConnectionException.class);
        assertThat(rounds).as("tried once").hasSize(2);
    }

    private CompletableFuture<String> take(String part) {
        return CompletableFuture.supplyAsync(() -> together.take(part), callers);
    }

    private List<String> work(List<String> parts) {
        rounds.add(parts);
        if (parts.contains("hold")) {
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        if (parts.contains("gone")) {
            throw new ConnectionException(new SQLException("no database"));
        }
        if (parts.contains("bad")) {
            throw new IllegalStateException("bad");
        }
        return parts.stream().map(part -> part.toUpperCase(Locale.ROOT)).toList();
    }

    private void awaitRounds(int count) {
        while (rounds.size() < count) {
            Thread.onSpinWait();
        }
    }

    private void awaitWaiting(int count) {
        while (together.waiting() < count) {
            Thread.onSpinWait();
        }
    }
}
