package io.callgate.relay.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Drops;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.net.IpFields;
import io.callgate.wire.turn.ChannelData;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rule of the queue, to the nanosecond and the byte. Messages are ChannelData whose payload begins with a
/// number.
class MediaQueueTest {
    private static final int KILOBYTE = 1 << 10;
    private static final int FLOOR_KILOBYTES = MediaQueue.FLOOR_BYTES / KILOBYTE;
    private static final long MILLISECOND = 1_000_000;
    private static final long START = -5; // a clock may stand anywhere

    private final Drops drops = new Drops();
    private final MediaChunks chunks = new MediaChunks();
    private final Gate gate = new Gate();
    private final EmbeddedChannel channel = new EmbeddedChannel(gate);
    private final MediaQueue queue = new MediaQueue(channel, chunks, drops);
    private final ByteBuffer memory = ByteBuffer.allocateDirect(4 * KILOBYTE);
    private int lastNumber;

    @AfterEach
    void nothingIsKeptAfterTheClientHasGone() {
        queue.close();
        channel.finishAndReleaseAll();
        assertThat(chunks.lent()).isZero();
        assertThat(queue.waitingBytes()).isZero();
    }

    @Test
    void whatTheChannelTakesIsHandedOverAtOnceAndNothingIsKept() {
        add(3, 100, START);
        queue.flush(START);

        assertThat(received()).containsExactly(1, 2, 3);
        assertThat(chunks.lent()).isZero();
    }

    @ParameterizedTest(name = "of {0} kB, after {1} ns, {2} kB are dropped")
    @CsvSource({
        "100, 200_000_000, 0", // as old as allowed
        "100, 200_000_001, 36", // and too old: but 64 kB stay
        " 64, 200_000_001, 0",
        " 65, 200_000_001, 1",
        " 64, 86_400_000_000_000, 0",
        "  1, 86_400_000_000_000, 0",
        "200, 9_000_000_000, 136"
    })
    void whatIsTooOldIsDroppedDownToTheFloor(int kilobytes, String ageNanos, int dropped) {
        gate.close();
        add(kilobytes, KILOBYTE, START);

        queue.flush(START + Long.parseLong(ageNanos.replace("_", "")));

        assertThat(late()).isEqualTo(dropped);
        assertThat(queue.waitingBytes()).isEqualTo((kilobytes - dropped) * KILOBYTE);
        gate.open(Integer.MAX_VALUE);
        queue.flush(START);
        assertThat(received()).containsExactlyElementsOf(numbers(dropped + 1, kilobytes));
    }

    @ParameterizedTest(name = "{0} kB too old, {1} kB young: {2} kB dropped")
    @CsvSource({"20, 100, 20", "70, 50, 56", "1, 64, 1", "1, 63, 0", "100, 0, 36"})
    void onlyWhatIsTooOldIsDropped(int old, int young, int dropped) {
        gate.close();
        add(old, KILOBYTE, START);
        add(young, KILOBYTE, START + 150 * MILLISECOND);

        queue.flush(START + 201 * MILLISECOND);

        assertThat(late()).isEqualTo(dropped);
        gate.open(Integer.MAX_VALUE);
        queue.flush(START + 201 * MILLISECOND);
        assertThat(received()).containsExactlyElementsOf(numbers(dropped + 1, old + young));
    }

    @Test
    void theFloorIsNeverUndercutByAMessageThatReachesOverIt() {
        gate.close();
        add(1, 2 * KILOBYTE, START);
        add(FLOOR_KILOBYTES - 1, KILOBYTE, START);

        queue.flush(START + 1000 * MILLISECOND);

        assertThat(late()).isZero();
    }

    @Test
    void aClientThatIsBehindIsGivenLittleAtOnceAndWholeMessages() {
        gate.close();
        add(20, 1500, START);
        queue.flush(START);

        for (int step = 1; step <= 10; step++) {
            gate.open(1);
            queue.flush(START);
            assertThat(bytesReceived()).isEqualTo(2 * 1500); // a third one would be more than 4 kB
        }
        assertThat(chunks.lent()).isZero();
    }

    @Test
    void aMessageLongerThanAStepGoesAlone() {
        gate.close();
        ByteBuffer big = ByteBuffer.allocateDirect(3 * MediaQueue.STEP_BYTES);
        for (int i = 0; i < 3; i++) {
            ChannelData.writeHeader(big, 0, 0x4000, MediaQueue.STEP_BYTES);
            queue.add(big, 0, ChannelData.HEADER_BYTES + MediaQueue.STEP_BYTES, START);
        }
        queue.flush(START);

        gate.open(1);
        queue.flush(START);

        assertThat(bytesReceived()).isEqualTo(ChannelData.HEADER_BYTES + MediaQueue.STEP_BYTES);
    }

    @Test
    void aChannelThatCallsBackWhileItIsGivenSomethingGetsTheRestInOrder() {
        gate.onWrite = () -> queue.flush(START);
        add(200, KILOBYTE, START);
        queue.flush(START);

        assertThat(received()).containsExactlyElementsOf(numbers(1, 200));
    }

    @Test
    void aClientThatReadsNothingKeepsAQuarterOfAMegabyteOfTheNewest() {
        gate.close();
        add(5_000, KILOBYTE, START);
        queue.flush(START);

        long full = drops.totals().getOrDefault(DropReason.QUEUE_FULL, 0L);
        assertThat(chunks.lent()).isEqualTo(MediaQueue.MAX_CHUNKS);
        assertThat(queue.waitingBytes()).isEqualTo((5_000 - full) * KILOBYTE).isBetween(240 << 10, 256 << 10);
        gate.open(Integer.MAX_VALUE);
        queue.flush(START);
        assertThat(received()).containsExactlyElementsOf(numbers((int) full + 1, 5_000));
    }

    @Test
    void theSmallestMessagesCostNoMoreMemory() {
        gate.close();
        add(100_000, 8, START);

        assertThat(chunks.lent()).isEqualTo(MediaQueue.MAX_CHUNKS);
        long full = drops.totals().getOrDefault(DropReason.QUEUE_FULL, 0L);
        assertThat(queue.waitingBytes()).isEqualTo((100_000 - full) * 8);
    }

    @Test
    void whenTheLoopsMemoryIsLentOutEveryClientStillHasOneChunkOfTheNewest() {
        List<MediaQueue> others = new ArrayList<>();
        gate.close();
        while (!chunks.isExhausted()) {
            MediaQueue other = new MediaQueue(channel, chunks, drops);
            others.add(other);
            for (int i = 0; i < 260; i++) {
                other.add(message(KILOBYTE), 0, KILOBYTE, START);
            }
        }
        Drops own = new Drops();
        MediaQueue late = new MediaQueue(channel, chunks, own);
        int before = chunks.lent();
        lastNumber = 0;
        for (int i = 0; i < 100; i++) {
            late.add(message(KILOBYTE), 0, KILOBYTE, START);
        }

        assertThat(chunks.lent()).isEqualTo(before + 1).isEqualTo(MediaChunks.MAX_LENT + 1);
        gate.open(Integer.MAX_VALUE);
        late.flush(START);
        assertThat(received()).containsExactly(97, 98, 99, 100);
        assertThat(own.totals().get(DropReason.QUEUE_FULL)).isEqualTo(96);
        others.forEach(MediaQueue::close);
    }

    @Test
    void aFastClientIsServedThoughTheLoopsMemoryIsLentOut() {
        List<MediaChunks.Chunk> lent = new ArrayList<>();
        while (!chunks.isExhausted()) {
            lent.add(chunks.lend(channel.alloc()));
        }
        add(200, KILOBYTE, START);
        queue.flush(START);

        assertThat(received()).containsExactlyElementsOf(numbers(1, 200));
        lent.forEach(chunk -> chunk.forget(chunks));
    }

    @Test
    void whatWaitsWhenTheClientGoesIsCountedAndNothingIsTakenAfterwards() {
        gate.close();
        add(30, KILOBYTE, START);

        queue.close();
        queue.close();

        assertThat(drops.totals().get(DropReason.QUEUE_FULL)).isEqualTo(30);
        assertThat(queue.add(message(KILOBYTE), 0, KILOBYTE, START)).isFalse();
        assertThat(chunks.lent()).isZero();
    }

    @Test
    void answersGoAheadOfWaitingMediaAndNeverIntoAMessage() {
        gate.close();
        ClientPath.Stream client = new ClientPath.Stream(
                new ListenerPoint(1, IpAddress.parse("127.0.0.1"), 3478, Protocol.TCP),
                channel,
                queue,
                new ClientAddress(IpAddress.parse("127.0.0.1"), 5000, Endpoint.parse("127.0.0.1:3478")));
        for (int i = 0; i < 10; i++) {
            client.media(message(101), 0, 101, IpFields.NONE, START); // padded to 104
        }
        client.flush(START);
        gate.open(1);
        client.flush(START);
        assertThat(received()).containsExactlyElementsOf(numbers(1, 10)); // one step
        for (int i = 0; i < 60; i++) {
            client.media(message(1000), 0, 1000, IpFields.NONE, START);
        }
        client.flush(START);
        gate.open(1);
        client.flush(START);
        int first = received().getLast();

        client.answer(message(0x0101), 0, 40);
        gate.open(Integer.MAX_VALUE);
        client.flush(START);

        ByteBuf answer = Objects.requireNonNull(channel.readOutbound());
        assertThat(answer.readableBytes()).isEqualTo(40);
        answer.release();
        assertThat(received()).containsExactlyElementsOf(numbers(first + 1, 70));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void doesWhatTheRuleSaysWhateverComes(long seed) {
        Random random = new Random(seed);
        Deque<Waiting> model = new ArrayDeque<>();
        List<Integer> expected = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        long expectedLate = 0;
        long now = START;
        gate.close();
        for (int turn = 0; turn < 3_000; turn++) {
            now += random.nextLong(20 * MILLISECOND);
            for (int i = random.nextInt(12); i > 0; i--) {
                int bytes = (8 + random.nextInt(1_400)) & ~3;
                queue.add(message(bytes), 0, bytes, now);
                model.add(new Waiting(lastNumber, bytes, now));
            }
            int waiting = model.stream().mapToInt(Waiting::bytes).sum();
            while (!model.isEmpty()
                    && now - model.getFirst().sinceNanos() > MediaQueue.MAX_AGE_NANOS
                    && waiting - model.getFirst().bytes() >= MediaQueue.FLOOR_BYTES) {
                waiting -= model.removeFirst().bytes();
                expectedLate++;
            }
            gate.open(random.nextInt(50) == 0 ? 100 : random.nextInt(2));
            queue.flush(now);
            gate.close();

            List<Integer> handedOver = received();
            handedOver.forEach(number -> expected.add(model.removeFirst().number()));
            all.addAll(handedOver);
            assertThat(queue.waitingBytes())
                    .isEqualTo(model.stream().mapToInt(Waiting::bytes).sum());
        }

        assertThat(all).isEqualTo(expected);
        assertThat(late()).isEqualTo(expectedLate).isPositive();
        assertThat(drops.totals().get(DropReason.QUEUE_FULL)).isZero();
    }

    private record Waiting(int number, int bytes, long sinceNanos) {}

    private void add(int messages, int bytes, long nowNanos) {
        for (int i = 0; i < messages; i++) {
            assertThat(queue.add(message(bytes), 0, bytes, nowNanos)).isTrue();
        }
    }

    /// The next one, at the start of the memory.
    private ByteBuffer message(int bytes) {
        ChannelData.writeHeader(memory, 0, 0x4000, bytes - ChannelData.HEADER_BYTES);
        return memory.putInt(ChannelData.HEADER_BYTES, ++lastNumber);
    }

    private long late() {
        return Objects.requireNonNull(drops.totals().get(DropReason.LATE_MEDIA));
    }

    private static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    private int bytesReceived() {
        ByteBuf next = Objects.requireNonNull(channel.readOutbound());
        int bytes = next.readableBytes();
        next.release();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        return bytes;
    }

    /// The numbers of all messages that were handed over since the last call.
    private List<Integer> received() {
        List<Integer> numbers = new ArrayList<>();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            while (next.isReadable()) {
                int payload = next.getUnsignedShort(next.readerIndex() + 2);
                numbers.add(next.getInt(next.readerIndex() + ChannelData.HEADER_BYTES));
                next.skipBytes(ChannelData.paddedStreamBytes(payload));
            }
            next.release();
        }
        return numbers;
    }

    /// Lets as many writes through as a test says; then the channel is not writable.
    private static final class Gate extends ChannelOutboundHandlerAdapter {
        private int left = Integer.MAX_VALUE;
        private Runnable onWrite = () -> {};
        private @Nullable Channel channel;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        void close() {
            open(0);
        }

        void open(int writes) {
            left = writes;
            Channel gated = Objects.requireNonNull(channel);
            Objects.requireNonNull(gated.unsafe().outboundBuffer()).setUserDefinedWritability(1, writes > 0);
        }

        @Override
        public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
            to.write(message, promise);
            if (--left == 0) {
                close();
            }
            onWrite.run();
        }
    }
}
