package io.callgate.relay;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.loop.RelayLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The first handler of a stream that comes from a load balancer: takes the PROXY header (v1 or v2) by which it
/// says where the client is, and leaves. Without a valid one the stream ends: who may leave it out could also
/// make it up.
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    /// Of v2's further fields, which nobody here reads.
    private static final int MOST_TLV_BYTES = 4096;

    private final RelayLoop loop;
    private final Duration patience;
    private final Consumer<Optional<ClientAddress>> onHeader;
    private @Nullable Future<?> deadline;
    private boolean isRefused;

    private ProxyHeader(RelayLoop loop, Duration patience, Consumer<Optional<ClientAddress>> onHeader) {
        this.loop = loop;
        this.patience = patience;
        this.onHeader = onHeader;
    }

    /// Adds the handlers to the end of the pipeline.
    ///
    /// @param onHeader given the announced client, or nothing if the balancer speaks for itself (a health check);
    ///     adds what takes the bytes behind the header
    static void expect(
            Channel connection, RelayLoop loop, Duration patience, Consumer<Optional<ClientAddress>> onHeader) {
        connection
                .pipeline()
                .addLast(new HAProxyMessageDecoder(MOST_TLV_BYTES), new ProxyHeader(loop, patience, onHeader));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline = loop.eventLoop().schedule(() -> refuse(context), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HAProxyMessage header) {
                Optional<ClientAddress> client = clientOf(header);
                onHeader.accept(client);
                context.pipeline().remove(this);
            }
        } catch (IllegalArgumentException noTcpClient) {
            refuse(context);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /// @throws IllegalArgumentException if it announces a client that is not on TCP
    private static Optional<ClientAddress> clientOf(HAProxyMessage header) {
        if (header.command() == HAProxyCommand.LOCAL) {
            return Optional.empty();
        }
        return switch (header.proxiedProtocol()) {
            case TCP4, TCP6 ->
                Optional.of(new ClientAddress(
                        IpAddress.parse(header.sourceAddress()),
                        header.sourcePort(),
                        new Endpoint(IpAddress.parse(header.destinationAddress()), header.destinationPort())));
            case UNKNOWN -> Optional.empty();
            case UDP4, UDP6, UNIX_STREAM, UNIX_DGRAM ->
                throw new IllegalArgumentException("no TCP client: " + header.proxiedProtocol());
        };
    }

    private void refuse(ChannelHandlerContext context) {
        if (!isRefused) { // the decoder looks at the same bytes once more when the channel closes
            isRefused = true;
            loop.drops().count(DropReason.NO_PROXY_HEADER);
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException) {
            refuse(context);
        } else {
            context.close(); // a reset
        }
    }
}
