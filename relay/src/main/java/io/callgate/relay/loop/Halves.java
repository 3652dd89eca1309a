package io.callgate.relay.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;

/// The two directions of a stream, each of which may end before the other: by FIN on TCP, by close_notify in TLS,
/// by END_STREAM in HTTP/2.
/// That the other side has ended its half is told by [ChannelInputShutdownEvent], behind its last byte.
public sealed interface Halves {
    AttributeKey<Halves> KEY = AttributeKey.valueOf(Halves.class, "halves");

    static Halves of(Channel stream) {
        Halves own = stream.attr(KEY).get();
        return own != null ? own : new Tcp(stream);
    }

    /// Whether our half stays open when the other side has ended its own; if not, the stream closes then.
    void outliveInput(boolean isWanted);

    boolean hasInputEnded();

    /// Ends our half, behind what has been written.
    void endOutput();

    /// Ends both at once, and says that something went wrong.
    void reset();

    /// A socket.
    record Tcp(Channel socket) implements Halves {
        @Override
        public void outliveInput(boolean isWanted) {
            socket.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, isWanted);
        }

        @Override
        public boolean hasInputEnded() {
            return socket instanceof DuplexChannel duplex && duplex.isInputShutdown();
        }

        @Override
        public void endOutput() {
            if (socket instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        }

        @Override
        public void reset() {
            socket.config().setOption(ChannelOption.SO_LINGER, 0);
            socket.close();
        }
    }

    /// TLS on a socket, a stream of an HTTP/2 connection, or whatever else says itself what its halves are.
    non-sealed interface OfStream extends Halves {}
}
