package io.callgate.bench;

import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.AttributeCursor;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.DataIndication;
import io.callgate.wire.turn.StreamFramer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the codecs cost a packet. Media must show 0 B/op; requests may allocate.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private static final int OFFSET = Packets.OFFSET;

    private final Packets.Packet request = Packets.allocateRequest();
    private final Packets.Packet channelData = Packets.channelData();
    private final Packets.Packet sendIndication = Packets.sendIndication();
    private final ByteBuffer answer = Packets.memory();
    private final AttributeCursor cursor = new AttributeCursor();
    private int number;

    @Benchmark
    public int mediaReadChannelData() {
        ByteBuffer memory = channelData.memory();
        return ChannelData.isValidDatagram(memory, OFFSET, channelData.length())
                ? ChannelData.channelNumber(memory, OFFSET) + ChannelData.payloadBytes(memory, OFFSET)
                : -1;
    }

    @Benchmark
    public ByteBuffer mediaWriteChannelDataHeader() {
        ChannelData.writeHeader(answer, OFFSET, 0x4001, Packets.PAYLOAD_BYTES);
        return answer;
    }

    @Benchmark
    public int mediaFindStreamFrame() throws MalformedPacket {
        return StreamFramer.frameBytes(channelData.memory(), OFFSET, channelData.length());
    }

    @Benchmark
    public int mediaWalkSendIndication() {
        ByteBuffer memory = sendIndication.memory();
        int seen = 0;
        if (StunHeader.looksLikeStun(memory, OFFSET, sendIndication.length())
                && cursor.reset(memory, OFFSET, sendIndication.length())) {
            while (cursor.next()) {
                seen += cursor.type() + cursor.valueBytes();
            }
        }
        return seen;
    }

    @Benchmark
    public int mediaWriteDataIndication() {
        return DataIndication.writeAround(
                answer,
                OFFSET,
                Packets.PAYLOAD_BYTES,
                ++number,
                number,
                Packets.PEER.high(),
                Packets.PEER.low(),
                Packets.PEER.port());
    }

    @Benchmark
    public Message requestDecode() throws MalformedPacket {
        return MessageDecoder.decode(request.memory(), OFFSET, request.length());
    }

    @Benchmark
    public int requestEncodeWithIntegrity() {
        return Packets.writeAllocateRequest(answer);
    }

    @Benchmark
    public boolean requestVerifyIntegrity() {
        return Integrity.verifySha1(request.memory(), OFFSET, request.length(), Packets.KEY);
    }
}
