package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Back-pressure of one stream: whole, in order, at the receiver's pace, and no neighbour notices.
class Http2FlowTest {
    private static final int FILE_BYTES = 8 << 20;

    @Test
    void bothWaysKeepTheirHash() throws Exception {
        byte[] file = new byte[FILE_BYTES];
        new Random(1).nextBytes(file);
        CompletableFuture<String> received = new CompletableFuture<>();
        try (Destinations.Server server = Destinations.serving(client -> {
                    client.getOutputStream().write(file);
                    client.shutdownOutput();
                    received.complete(hash(client.getInputStream().readAllBytes()));
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.connect(server.authority(), TcpRelay.credential("bob"));
            assertThat(stream.status()).isEqualTo(200);

            byte[] down = stream.readToEnd();
            stream.send(file);
            stream.finish();

            assertThat(hash(down)).isEqualTo(hash(file));
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(hash(file));
            assertThat(relay.bytesToPeer()).isEqualTo(FILE_BYTES);
            assertThat(relay.bytesToClient()).isEqualTo(FILE_BYTES);
        }
    }

    @Test
    void aStreamWhoseTargetDoesNotReadStopsItsClientAndNobodyElse() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        CompletableFuture<String> received = new CompletableFuture<>();
        byte[] file = new byte[32 << 20];
        new Random(2).nextBytes(file);
        try (Destinations.Server deaf = Destinations.serving(client -> {
                    awaitQuietly(mayRead);
                    received.complete(hash(client.getInputStream().readAllBytes()));
                });
                Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stopped = caller.connect(deaf.authority(), TcpRelay.credential("bob"));
            Http2Caller.Stream neighbour = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            assertThat(stopped.status()).isEqualTo(200);

            ChannelFuture sent = stopped.send(file);
            stopped.finish();
            long taken = untilItStands(relay);

            assertThat(sent.isDone()).as("the client is held back").isFalse();
            assertThat(taken).as("socket buffers, one high-water mark").isLessThan(24 << 20);
            for (int i = 0; i < 20; i++) {
                neighbour.send(new byte[100_000]);
                assertThat(neighbour.read(100_000)).hasSize(100_000);
            }

            mayRead.countDown();
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(hash(file));
        }
    }

    @Test
    void aClientThatDoesNotReadAStreamStopsItsTargetAndNobodyElse() throws Exception {
        AtomicLong written = new AtomicLong();
        byte[] file = new byte[32 << 20];
        new Random(3).nextBytes(file);
        try (Destinations.Server blasting = Destinations.serving(client -> {
                    for (int at = 0; at < file.length; at += 65_536) {
                        client.getOutputStream().write(file, at, 65_536);
                        written.addAndGet(65_536);
                    }
                });
                Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream neighbour = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            Http2Caller.Stream stopped = caller.connect(blasting.authority(), TcpRelay.credential("bob"));
            assertThat(stopped.status()).isEqualTo(200);
            stopped.setReading(false);

            long before = -1;
            while (before != written.get()) {
                before = written.get();
                new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
            }

            assertThat(before)
                    .as("socket buffers, one window, one high-water mark")
                    .isLessThan(24 << 20);
            for (int i = 0; i < 20; i++) {
                neighbour.send(new byte[100_000]);
                assertThat(neighbour.read(100_000)).hasSize(100_000);
            }

            stopped.setReading(true);
            assertThat(hash(stopped.readToEnd())).isEqualTo(hash(file));
        }
    }

    /// @return the bytes that the relay has taken when half a second goes by without one more
    private static long untilItStands(TcpRelay relay) throws InterruptedException {
        long before = -1;
        while (before != relay.bytesToPeer()) {
            before = relay.bytesToPeer();
            new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
        }
        return before;
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
