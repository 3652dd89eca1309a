package io.callgate.relay.tls;

import io.callgate.relay.loop.Halves;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;

/// The two directions of TLS on a socket. Ours ends with a close_notify before the FIN, so that the client knows
/// that nothing was cut off; a reset has none, so that it knows the opposite.
record TlsHalves(Halves socketHalves, Channel socket, SslHandler cipher) implements Halves.OfStream {
    @Override
    public void outliveInput(boolean isWanted) {
        socketHalves.outliveInput(isWanted);
    }

    @Override
    public boolean hasInputEnded() {
        return socketHalves.hasInputEnded();
    }

    @Override
    public void endOutput() {
        cipher.closeOutbound().addListener(said -> socketHalves.endOutput());
    }

    @Override
    public void reset() {
        socket.pipeline().remove(cipher);
        socketHalves.reset();
    }
}
