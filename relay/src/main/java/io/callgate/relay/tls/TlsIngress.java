package io.callgate.relay.tls;

import io.callgate.model.IpAddress;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.loop.Halves;
import io.callgate.relay.loop.RelayLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// TLS of one event loop. Confined to it.
public final class TlsIngress {
    private final RelayLoop loop;
    private final RecentHandshakes recent;
    private @Nullable TlsContext context;

    public TlsIngress(RelayLoop loop, RecentHandshakes recent) {
        this.loop = loop;
        this.recent = recent;
    }

    /// Who came lately to any loop.
    public RecentHandshakes recent() {
        return recent;
    }

    /// What clients that come from now on see; empty: there is no TLS.
    public void use(Optional<TlsContext> next) {
        assert loop.eventLoop().inEventLoop();
        context = next.orElse(null);
    }

    /// Adds TLS to the end of a stream's pipeline, to be followed by whoever takes the plaintext. That one is told
    /// the end of the handshake by a [TlsStream.Ready].
    ///
    /// @param isOutermost whether it came straight from the network, and not inside a CONNECT
    /// @return false if there is no certificate to show
    public boolean enter(Channel client, boolean isOutermost) {
        TlsContext current = context;
        if (current == null) {
            return false;
        }
        ChannelPipeline pipeline = client.pipeline();
        SslHandler cipher = current.newHandler(client.alloc());
        Optional<IpAddress> remembered = Optional.empty();
        if (isOutermost) {
            remembered = Optional.of(ClientAddress.of(client).address());
            remembered.ifPresent(recent::began);
            client.attr(Halves.KEY).set(new TlsHalves(Halves.of(client), client, cipher));
        }
        pipeline.addLast(cipher, new TlsStream(loop, cipher, recent, remembered));
        return true;
    }
}
