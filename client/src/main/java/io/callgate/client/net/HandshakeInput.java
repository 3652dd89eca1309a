package io.callgate.client.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/// Reads a proxy's answer byte by byte: what follows it belongs to the tunnel and must stay in the socket.
final class HandshakeInput {
    private final Socket socket;
    private final InputStream in;
    private final Attempt attempt;

    HandshakeInput(Socket socket, Attempt attempt) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.attempt = attempt;
    }

    byte next() throws IOException {
        if (attempt.isCalledOff()) {
            throw new SocketException("called off");
        }
        if (attempt.isOver()) {
            throw new SocketTimeoutException("the attempt is over");
        }
        socket.setSoTimeout(attempt.leftMillis());
        int next = in.read();
        if (next < 0) {
            throw new EOFException("end of stream");
        }
        return (byte) next;
    }
}
