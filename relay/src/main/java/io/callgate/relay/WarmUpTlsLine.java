package io.callgate.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLException;

/// TLS by the relay's own provider, so that the JVM compiles nothing for a visitor that no relay ever runs: a
/// handshake by the JDK's is so much Java that it kept the compilers from what clients wait for.
final class WarmUpTlsLine implements WarmUpLine {
    private static final int RECORD_BYTES = 17 * 1024;

    private final Socket socket;
    private final EmbeddedChannel cipher; // records on the one side, messages on the other
    private final byte[] records = new byte[RECORD_BYTES];

    /// Shakes hands.
    ///
    /// @param handler of a client, fresh
    /// @throws IOException if the relay does not answer, or shows another certificate
    WarmUpTlsLine(Socket socket, SslHandler handler) throws IOException {
        this.socket = socket;
        this.cipher = new EmbeddedChannel(handler);
        try {
            while (!handler.handshakeFuture().isDone()) {
                carryOut();
                carryIn();
            }
            carryOut();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        if (!handler.handshakeFuture().isSuccess()) {
            close();
            throw new SSLException("no handshake", handler.handshakeFuture().cause());
        }
    }

    @Override
    public void send(byte[] message, int length) throws IOException {
        cipher.writeOutbound(Unpooled.copiedBuffer(message, 0, length));
        carryOut();
    }

    @Override
    public int receive(byte[] memory) throws IOException {
        ByteBuf message = cipher.readInbound();
        while (message == null) {
            carryIn();
            message = cipher.readInbound();
        }
        try {
            int length = message.readableBytes();
            message.readBytes(memory, 0, length); // the relay writes each message as a record of its own
            return length;
        } finally {
            message.release();
        }
    }

    private void carryOut() throws IOException {
        for (ByteBuf out = cipher.readOutbound(); out != null; out = cipher.readOutbound()) {
            try {
                out.readBytes(socket.getOutputStream(), out.readableBytes());
            } finally {
                out.release();
            }
        }
    }

    private void carryIn() throws IOException {
        int read = socket.getInputStream().read(records);
        if (read < 0) {
            throw new EOFException("closed by the stage");
        }
        cipher.writeInbound(Unpooled.copiedBuffer(records, 0, read));
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            cipher.finishAndReleaseAll();
        }
    }
}
