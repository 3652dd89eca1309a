package io.callgate.relay.turn;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.net.IpFields;
import io.callgate.relay.net.UdpSocket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;

/// The way back to one client. By UDP a client is its five-tuple; by TCP it is its stream, whatever address it
/// shows (decision 0015). Confined to the client's loop.
abstract sealed class ClientPath {
    private final ListenerPoint listener;

    private ClientPath(ListenerPoint listener) {
        this.listener = listener;
    }

    /// Which of the relay's addresses the client talks to.
    ListenerPoint listener() {
        return listener;
    }

    abstract long high();

    abstract long low();

    abstract int port();

    IpAddress address() {
        return new IpAddress(high(), low());
    }

    /// Where on this relay it came in.
    abstract Endpoint reached();

    abstract boolean isStream();

    /// Sends one STUN answer. Never dropped on a stream; on UDP only if the socket's queue is full.
    ///
    /// @param memory must stay unchanged until the loop flushes
    /// @return false if it was dropped
    abstract boolean answer(ByteBuffer memory, int offset, int length);

    /// Sends ChannelData or a Data indication.
    ///
    /// @param memory must stay unchanged until the loop flushes; up to 3 bytes behind the packet are overwritten
    /// @param fields of the peer's packet ([IpFields]); a stream has its own (RFC 8656 §16)
    /// @return false if the client takes no more and the packet was dropped
    abstract boolean media(ByteBuffer memory, int offset, int length, int fields, long nowNanos);

    /// A client by UDP.
    static final class Datagrams extends ClientPath {
        private final UdpSocket socket;
        private long high;
        private long low;
        private int port;

        /// @param socket the listener's socket on the client's loop
        Datagrams(ListenerPoint listener, UdpSocket socket) {
            super(listener);
            this.socket = socket;
        }

        /// Points to the sender of the packet in work: for answers to clients of whom nothing is kept.
        Datagrams pointTo(long clientHigh, long clientLow, int clientPort) {
            high = clientHigh;
            low = clientLow;
            port = clientPort;
            return this;
        }

        /// A path of its own, for a client that stays.
        Datagrams keep() {
            return new Datagrams(listener(), socket).pointTo(high, low, port);
        }

        @Override
        long high() {
            return high;
        }

        @Override
        long low() {
            return low;
        }

        @Override
        int port() {
            return port;
        }

        @Override
        Endpoint reached() {
            return new Endpoint(listener().address(), listener().port());
        }

        @Override
        boolean isStream() {
            return false;
        }

        @Override
        boolean answer(ByteBuffer memory, int offset, int length) {
            return socket.send(memory, offset, length, high, low, port);
        }

        @Override
        boolean media(ByteBuffer memory, int offset, int length, int fields, long nowNanos) {
            return socket.send(memory, offset, length, high, low, port, fields);
        }
    }

    /// A client by TCP: equal to itself alone. Bytes are copied at once: answers go out by [#flushAnswers] when
    /// [TurnStream] has taken all that was read, media goes through its queue when the loop calls [#flush]. So
    /// answers may pass media; no message is ever cut by another.
    static final class Stream extends ClientPath {
        private final Channel channel;
        private final MediaQueue media;
        private final long high;
        private final long low;
        private final int port;
        private final Endpoint reached;
        private boolean queued;
        private boolean answered;

        Stream(ListenerPoint listener, Channel channel, MediaQueue media, ClientAddress client) {
            super(listener);
            this.channel = channel;
            this.media = media;
            this.high = client.address().high();
            this.low = client.address().low();
            this.port = client.port();
            this.reached = client.reached();
        }

        @Override
        long high() {
            return high;
        }

        @Override
        long low() {
            return low;
        }

        @Override
        int port() {
            return port;
        }

        @Override
        Endpoint reached() {
            return reached;
        }

        @Override
        boolean isStream() {
            return true;
        }

        @Override
        boolean answer(ByteBuffer memory, int offset, int length) {
            ByteBuf copy = channel.alloc().directBuffer(length);
            memory.limit(offset + length).position(offset);
            copy.writeBytes(memory);
            memory.clear();
            channel.write(copy, channel.voidPromise());
            answered = true;
            return true;
        }

        /// Sends the answers that wait. Does nothing if none does: TLS would make an empty record of it.
        void flushAnswers() {
            if (answered) {
                answered = false;
                channel.flush();
            }
        }

        @Override
        boolean media(ByteBuffer memory, int offset, int length, int fields, long nowNanos) {
            int padded = (length + 3) & ~3; // RFC 8656 §12.5: over a stream, messages are padded to four bytes
            for (int at = length; at < padded; at++) {
                memory.put(offset + at, (byte) 0);
            }
            return media.add(memory, offset, padded, nowNanos);
        }

        /// Whether [#media] has queued something since the last [#flush]; marks it as queued.
        boolean markQueued() {
            boolean first = !queued;
            queued = true;
            return first;
        }

        /// Hands over to the channel what it takes of the queued media.
        void flush(long nowNanos) {
            queued = false;
            media.flush(nowNanos);
        }

        /// The client is gone: nothing is kept for it any more.
        void forget() {
            media.close();
        }

        void close() {
            forget();
            flushAnswers(); // a close forgets those that still wait, such as the one to a farewell
            channel.close();
        }
    }
}
