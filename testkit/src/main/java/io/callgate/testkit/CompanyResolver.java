package io.callgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// The one name server that corp has: knows a few names, and that all others do not exist. UDP, one question a
/// packet, A records only.
final class CompanyResolver implements AutoCloseable {
    private static final int PORT = 53;
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;
    private static final int NO_SUCH_NAME = 3; // RFC 1035 §4.1.1, RCODE
    private static final int TTL_SECONDS = 5;

    private final DatagramChannel channel;
    private final Map<String, String> addressesByName;

    /// @param addressesByName IPv4 literals by lower-case name
    CompanyResolver(Host host, Map<String, String> addressesByName) {
        this.addressesByName = Map.copyOf(addressesByName);
        this.channel = host.inside(() -> DatagramChannel.open().bind(new InetSocketAddress(host.address(), PORT)));
        Thread.ofVirtual().name("company resolver").start(this::serve);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LabException("cannot close the company's resolver", e);
        }
    }

    private void serve() {
        ByteBuffer packet = ByteBuffer.allocate(512); // RFC 1035 §4.2.1
        try {
            while (true) {
                SocketAddress asker = channel.receive(packet.clear());
                packet.flip();
                if (answerInPlace(packet)) channel.send(packet, asker);
            }
        } catch (ClosedChannelException e) {
            return; // closed on purpose: nothing more to serve
        } catch (IOException e) {
            throw new LabException("the company's resolver cannot go on", e);
        }
    }

    /// Turns a question into its answer, in the same buffer; false if it is no single question.
    private boolean answerInPlace(ByteBuffer packet) throws IOException {
        if (packet.limit() < HEADER_BYTES + 5 || packet.getShort(4) != 1) return false;
        StringBuilder name = new StringBuilder();
        packet.position(HEADER_BYTES);
        for (int label = packet.get(); label > 0 && label <= packet.remaining(); label = packet.get()) {
            byte[] text = new byte[label];
            packet.get(text);
            if (!name.isEmpty()) name.append('.');
            name.append(new String(text, StandardCharsets.US_ASCII));
            if (!packet.hasRemaining()) return false;
        }
        if (packet.remaining() < 4) return false;
        int type = packet.getShort();
        packet.getShort();
        int answerStart = packet.position(); // additional records (EDNS) of the question are left out

        String address = addressesByName.get(name.toString().toLowerCase(Locale.ROOT));
        boolean answered = address != null && type == TYPE_A;
        packet.putShort(2, (short) (0x8180 | (address == null ? NO_SUCH_NAME : 0))); // an answer, recursion available
        packet.putShort(6, (short) (answered ? 1 : 0)).putInt(8, 0);
        packet.limit(packet.capacity()).position(answerStart);
        if (answered) {
            packet.putShort((short) (0xC000 | HEADER_BYTES)); // the name, as a pointer to the question
            packet.putShort((short) TYPE_A)
                    .putShort((short) 1)
                    .putInt(TTL_SECONDS)
                    .putShort((short) 4);
            packet.put(InetAddress.ofLiteral(address).getAddress());
        }
        packet.flip();
        return true;
    }
}
