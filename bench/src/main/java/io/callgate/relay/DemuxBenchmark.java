package io.callgate.relay;

import io.callgate.bench.Packets;
import io.callgate.relay.loop.EndpointMap;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to find out whose and what a datagram is. Must show 0 B/op.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DemuxBenchmark {
    private static final long IPV4 = 0x0000_FFFF_0000_0000L;
    private static final long FIRST_CLIENT = IPV4 | 0x0A00_0001L;
    private static final int PORT = 40_000;

    @Param({"1", "1000", "30000"})
    private int clients;

    private final EndpointMap<Integer> byClient = new EndpointMap<>();
    private final ByteBuffer stun = Packets.sendIndication().memory();
    private final int stunBytes = Packets.sendIndication().length();
    private long next;

    @Setup
    public void fill() {
        for (int i = 0; i < clients; i++) {
            byClient.put(0, FIRST_CLIENT + i, PORT, 1, i);
        }
    }

    @Benchmark
    public @Nullable Integer findKnownClient() {
        next = next + 1 == clients ? 0 : next + 1;
        return byClient.find(0, FIRST_CLIENT + next, PORT, 1);
    }

    @Benchmark
    public @Nullable Integer missStranger() {
        return byClient.find(0, FIRST_CLIENT - 1 - (next++ & 0xFFFF), PORT, 1);
    }

    @Benchmark
    public Demux.Datagram firstBytesOfAStranger() {
        return Demux.datagram(stun, Packets.OFFSET, stunBytes);
    }
}
