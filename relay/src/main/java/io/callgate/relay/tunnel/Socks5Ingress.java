package io.callgate.relay.tunnel;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.Ingress;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.socks5.AuthMethod;
import io.callgate.wire.socks5.AuthStatus;
import io.callgate.wire.socks5.Command;
import io.callgate.wire.socks5.Greeting;
import io.callgate.wire.socks5.MethodSelection;
import io.callgate.wire.socks5.Reply;
import io.callgate.wire.socks5.Request;
import io.callgate.wire.socks5.Target;
import io.callgate.wire.socks5.UsernamePassword;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// SOCKS5 on one stream (RFC 1928, RFC 1929): greeting, proof, CONNECT; then it leaves the pipeline to the tunnel.
final class Socks5Ingress extends FirstBytes {
    private final Tunnels tunnels;
    private final Runnable onProved;
    private State state = State.GREETING;
    private boolean goesWithoutPassword;
    private @Nullable Identity identity;

    private enum State {
        GREETING,
        PASSWORD,
        REQUEST,
        /// Nothing more is read here: the request is being served, or was refused.
        ANSWERING
    }

    Socks5Ingress(Tunnels tunnels, Runnable onProved) {
        this.tunnels = tunnels;
        this.onProved = onProved;
    }

    @Override
    protected void onBytes(ChannelHandlerContext context, ByteBuf bytes) {
        try {
            boolean hasProgress = true;
            while (hasProgress && state != State.ANSWERING) {
                hasProgress = readMessage(context.channel(), bytes);
            }
        } catch (MalformedPacket e) {
            state = State.ANSWERING;
            bytes.skipBytes(bytes.readableBytes());
            tunnels.loop().drops().count(DropReason.MALFORMED);
            context.close(); // it speaks no SOCKS5: no answer would be understood
        }
    }

    /// @return false if the next message is not all there
    private boolean readMessage(Channel client, ByteBuf bytes) throws MalformedPacket {
        ByteBuffer memory = bytes.nioBuffer();
        int offset = memory.position();
        int available = memory.remaining();
        switch (state) {
            case GREETING -> {
                Optional<Greeting> greeting = Greeting.decode(memory, offset, available);
                if (greeting.isEmpty()) {
                    return false;
                }
                bytes.skipBytes(greeting.get().encodedBytes());
                onGreeting(client, greeting.get());
            }
            case PASSWORD -> {
                Optional<UsernamePassword> credential = UsernamePassword.decode(memory, offset, available);
                if (credential.isEmpty()) {
                    return false;
                }
                bytes.skipBytes(credential.get().encodedBytes());
                onCredential(client, credential.get());
            }
            case REQUEST -> {
                Optional<Request> request = Request.decode(memory, offset, available);
                if (request.isEmpty()) {
                    return false;
                }
                bytes.skipBytes(request.get().encodedBytes());
                onRequest(client, request.get());
            }
            case ANSWERING -> {
                return false;
            }
        }
        return true;
    }

    /// A credential says more than a network, so it is asked for whenever the client can give one.
    private void onGreeting(Channel client, Greeting greeting) {
        if (greeting.methods().contains(AuthMethod.USERNAME_PASSWORD)) {
            state = State.PASSWORD;
            goesWithoutPassword = greeting.methods().contains(AuthMethod.NONE);
            client.writeAndFlush(encoded(client, new MethodSelection(AuthMethod.USERNAME_PASSWORD)));
            return;
        }
        Optional<Identity> trusted =
                greeting.methods().contains(AuthMethod.NONE) ? tunnels.trusted(client) : Optional.empty();
        if (trusted.isPresent()) {
            client.writeAndFlush(encoded(client, new MethodSelection(AuthMethod.NONE)));
            proved(trusted.get());
        } else {
            state = State.ANSWERING;
            tunnels.loop().drops().count(DropReason.NO_CREDENTIAL);
            LingeringClose.after(client, encoded(client, new MethodSelection(AuthMethod.NO_ACCEPTABLE)));
        }
    }

    private void onCredential(Channel client, UsernamePassword credential) {
        Authenticator.Verdict verdict =
                tunnels.authenticator().verifyPair(credential.username() + ":" + credential.password());
        // Java's own client offers both methods always, and then gives its user's name and no password. Without a
        // password nothing is claimed, whatever the name, so an answer tells nothing about names.
        Optional<Identity> trusted =
                goesWithoutPassword && credential.password().isEmpty() ? tunnels.trusted(client) : Optional.empty();
        if (verdict instanceof Authenticator.Verdict.Proved right) {
            client.writeAndFlush(encoded(client, AuthStatus.SUCCESS));
            proved(right.identity());
        } else if (trusted.isPresent()) {
            client.writeAndFlush(encoded(client, AuthStatus.SUCCESS));
            proved(trusted.get());
        } else if (verdict instanceof Authenticator.Verdict.Refused refused) {
            state = State.ANSWERING;
            tunnels.loop().drops().count(refused.reason());
            LingeringClose.after(client, encoded(client, AuthStatus.FAILURE));
        }
    }

    private void proved(Identity proved) {
        identity = proved;
        state = State.REQUEST;
    }

    private void onRequest(Channel client, Request request) {
        state = State.ANSWERING;
        if (request.command() != Command.CONNECT) {
            boolean isUdp = request.command() == Command.UDP_ASSOCIATE;
            refuse(
                    client,
                    Reply.COMMAND_NOT_SUPPORTED,
                    isUdp ? DropReason.SOCKS5_UDP_UNSUPPORTED : DropReason.UNEXPECTED_MESSAGE);
            return;
        }
        if (request.target() instanceof Target.UnknownType) {
            refuse(client, Reply.ADDRESS_TYPE_NOT_SUPPORTED, DropReason.MALFORMED);
            return;
        }
        Optional<Destination> destination = destination(request.target(), request.port());
        if (destination.isEmpty()) {
            refuse(client, Reply.HOST_UNREACHABLE, DropReason.NAME_NOT_RESOLVED);
            return;
        }
        Identity who = identity;
        if (who == null) {
            throw new IllegalStateException("a request before its proof");
        }
        Opening.begin(tunnels, client, who, Ingress.SOCKS5, destination.get(), new Opening.Answer() {
            @Override
            public void onGranted() {
                onProved.run();
            }

            @Override
            public void onConnected(Tunnel tunnel, InetSocketAddress local) {
                client.writeAndFlush(encoded(client, granted(IpAddress.of(local.getAddress()), local.getPort())));
                tunnel.splice();
                client.pipeline().remove(Socks5Ingress.this);
            }

            @Override
            public void onOwnListener(Endpoint listener) {
                client.writeAndFlush(encoded(client, granted(listener.address(), listener.port())));
                tunnels.turn().enter(client);
                client.pipeline().remove(Socks5Ingress.this);
                client.config().setAutoRead(true);
            }

            @Override
            public void onRefused(Refusal refusal) {
                LingeringClose.after(client, encoded(client, Reply.refused(code(refusal.kind()))));
            }
        });
    }

    private void refuse(Channel client, int code, DropReason reason) {
        tunnels.loop().drops().count(reason);
        LingeringClose.after(client, encoded(client, Reply.refused(code)));
    }

    private static Optional<Destination> destination(Target target, int port) {
        if (target instanceof Target.Ipv4 v4) {
            return Optional.of(new Destination.Literal(IpAddress.ofV4(v4.address()), port));
        }
        if (target instanceof Target.Ipv6 v6) {
            return Optional.of(new Destination.Literal(new IpAddress(v6.high(), v6.low()), port));
        }
        return target instanceof Target.Domain domain ? Destination.of(domain.name(), port) : Optional.empty();
    }

    private static int code(Refusal.Kind kind) {
        return switch (kind) {
            case POLICY -> Reply.NOT_ALLOWED;
            case DRAINING, BUSY, QUOTA -> Reply.GENERAL_FAILURE;
            case NAME_NOT_RESOLVED, HOST_UNREACHABLE -> Reply.HOST_UNREACHABLE;
            case NETWORK_UNREACHABLE -> Reply.NETWORK_UNREACHABLE;
            case CONNECTION_REFUSED -> Reply.CONNECTION_REFUSED;
            case TIMEOUT -> Reply.TTL_EXPIRED; // what other servers answer: RFC 1928 has no code for it
        };
    }

    private static Reply granted(IpAddress bound, int port) {
        Target target = bound.isV4() ? new Target.Ipv4((int) bound.low()) : new Target.Ipv6(bound.high(), bound.low());
        return new Reply(Reply.SUCCEEDED, target, port);
    }

    private static ByteBuf encoded(Channel client, MethodSelection selection) {
        ByteBuffer memory = ByteBuffer.allocate(selection.encodedBytes());
        selection.encode(memory, 0);
        return copied(client, memory);
    }

    private static ByteBuf encoded(Channel client, AuthStatus status) {
        ByteBuffer memory = ByteBuffer.allocate(status.encodedBytes());
        status.encode(memory, 0);
        return copied(client, memory);
    }

    private static ByteBuf encoded(Channel client, Reply reply) {
        ByteBuffer memory = ByteBuffer.allocate(reply.encodedBytes());
        reply.encode(memory, 0);
        return copied(client, memory);
    }

    private static ByteBuf copied(Channel client, ByteBuffer memory) {
        return client.alloc().buffer(memory.capacity()).writeBytes(memory);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && state != State.ANSWERING) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset
    }
}
