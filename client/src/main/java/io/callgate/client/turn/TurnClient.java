package io.callgate.client.turn;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.model.TimeSource;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.ChannelNumber;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// One TURN allocation. Every peer gets a channel, so that a datagram costs four bytes on the way and not 36.
///
/// The allocation is refreshed a minute before it would end, each channel every four minutes: a permission
/// lives five. When the relay refuses a refresh, or is silent for [#KEEP_PATIENCE], the tunnel has ended.
public final class TurnClient implements DatagramTunnel {
    /// How long a refresh may go unanswered.
    public static final Duration KEEP_PATIENCE = Duration.ofSeconds(10);

    private static final Duration REFRESH_BEFORE_END = Duration.ofMinutes(1);
    private static final Duration CHANNEL_REFRESH = Duration.ofMinutes(4);
    private static final int TRY_ALTERNATE = 300;
    private static final int MISMATCH = 437;
    private static final int MOST_MOVES = 2;
    private static final int LARGEST_PAYLOAD_BYTES = 65_535;

    private final Origin origin;
    private final Requests requests;
    private final StunConnection connection;
    private final TimeSource time;
    private final Receiver receiver;
    private final InetSocketAddress relayed;
    private final InetSocketAddress mapped;
    private final ScheduledExecutorService keeper;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean draining;

    // Who has which channel, in both directions. Entries are only ever added.
    private final Map<InetSocketAddress, Integer> channels = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<InetSocketAddress> peers =
            new AtomicReferenceArray<>(ChannelNumber.LAST - ChannelNumber.FIRST + 1);
    private final Object opening = new Object();
    private int nextChannel = ChannelNumber.FIRST; // guarded by opening

    private final Tally tally = new Tally();

    /// What the reader finds before the tunnel is whole goes nowhere: no peer is open yet.
    private static final class Inlet implements StunConnection.Inbound {
        private volatile @Nullable TurnClient tunnel;

        @Override
        public void onMessage(ByteBuffer memory, int length) {
            TurnClient open = tunnel;
            if (open != null) {
                open.onMessage(memory, length);
            }
        }

        @Override
        public void onEnded(PathException why) {
            TurnClient open = tunnel;
            if (open != null) {
                open.end(why);
            }
        }
    }

    /// Where an allocation comes from, and the next one can.
    private record Origin(Entrance entrance, Dialer dialer, Login login, TimeSource time) {
        Requests connect(Inlet inlet, @Nullable Proof borrowed, Attempt attempt) {
            MessagePipe pipe = entrance.open(dialer, login, attempt);
            StunConnection connection =
                    new StunConnection(pipe, entrance.relay().toString(), time, inlet);
            return new Requests(connection, login, time, borrowed);
        }

        Origin at(Entrance other) {
            return new Origin(other, dialer, login, time);
        }
    }

    private TurnClient(Origin origin, Requests requests, Receiver receiver, Message allocated) {
        this.origin = origin;
        this.requests = requests;
        this.connection = requests.connection();
        this.time = origin.time();
        this.receiver = receiver;
        this.relayed = allocated
                .find(Attribute.XorRelayedAddress.class)
                .map(attribute -> attribute.address().toInetSocketAddress())
                .orElseThrow(() -> requests.incomplete("no relayed address"));
        this.mapped = allocated
                .find(Attribute.XorMappedAddress.class)
                .map(attribute -> attribute.address().toInetSocketAddress())
                .orElseThrow(() -> requests.incomplete("no mapped address"));
        this.keeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "callgate-turn-keeper");
            thread.setDaemon(true);
            return thread;
        });
    }

    /// Connects, proves the login and allocates a relayed address. Follows a relay that sends elsewhere
    /// (300), and begins anew from another port where somebody before has an allocation yet from this one
    /// (437), twice at most. Blocks.
    ///
    /// @param receiver gets what peers send, from now on
    /// @throws PathException with what stands in the way; nothing is left open then
    public static TurnClient allocate(
            Entrance entrance, Dialer dialer, Login login, Receiver receiver, TimeSource time, Attempt attempt) {
        return allocate(new Origin(entrance, dialer, login, time), null, receiver, attempt);
    }

    /// Another allocation of the same login by a connection of its own, at the relay where this one is: who has
    /// sent it there (300) is not asked again. At a relay that takes a nonce from any connection, as Callgate
    /// does for an hour, it costs a round trip less than the first. Blocks.
    ///
    /// @param receiver gets what peers send to it, from now on
    /// @throws PathException with what stands in the way; this allocation stays as it is
    public TurnClient another(Receiver receiver, Attempt attempt) {
        return allocate(origin, requests.proof(), receiver, attempt);
    }

    private static TurnClient allocate(Origin origin, @Nullable Proof borrowed, Receiver receiver, Attempt attempt) {
        Origin from = origin;
        Proof known = borrowed;
        for (int moves = 0; ; moves++) {
            Inlet inlet = new Inlet();
            Requests requests = from.connect(inlet, known, attempt);
            try {
                Message answer = requests.ask(
                        Method.ALLOCATE, attempt, new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP));
                int error = Requests.errorOf(answer);
                if (moves < MOST_MOVES && (error == TRY_ALTERNATE || error == MISMATCH)) {
                    from = error == TRY_ALTERNATE ? from.at(alternate(from.entrance(), requests, answer)) : from;
                    known = null; // of another relay; and some say 437 to what proves itself for another realm
                    requests.connection().close();
                    continue;
                }
                TurnClient tunnel = new TurnClient(from, requests, receiver, requests.accepted("Allocate", answer));
                inlet.tunnel = tunnel;
                requests.connection().endedBy().ifPresent(tunnel::end); // it may have ended before it could be told
                tunnel.keepAllocation(answer);
                attempt.handOver();
                return tunnel;
            } catch (PathException e) {
                requests.connection().close();
                throw e;
            }
        }
    }

    private static Entrance alternate(Entrance at, Requests requests, Message answer) {
        InetSocketAddress other = answer.find(Attribute.AlternateServer.class)
                .map(attribute -> attribute.address().toInetSocketAddress())
                .orElseThrow(() -> requests.incomplete("300 without ALTERNATE-SERVER"));
        if (other.getPort() == 0) {
            throw requests.incomplete("ALTERNATE-SERVER with port 0");
        }
        HostPort relay = new HostPort(other.getAddress().getHostAddress(), other.getPort());
        // RFC 8489 §10: the certificate stays that of the name first dialled.
        return new Entrance(
                relay, at.transport(), at.trust().orServerName(at.relay().host()));
    }

    @Override
    public InetSocketAddress relayedAddress() {
        return relayed;
    }

    @Override
    public InetSocketAddress mappedAddress() {
        return mapped;
    }

    @Override
    public void open(InetSocketAddress peer, Attempt attempt) {
        DatagramTunnel.requirePeer(peer);
        synchronized (opening) {
            if (channels.containsKey(peer)) {
                return;
            }
            // Never the number of one that failed: the relay may have bound it, and only its answer was lost.
            int channel = nextChannel;
            if (!ChannelNumber.isValid(channel)) {
                throw new IllegalArgumentException("more than 4096 peers of one tunnel");
            }
            nextChannel++;
            // Before the relay agrees: its peer's first datagram may overtake the answer.
            peers.set(channel - ChannelNumber.FIRST, peer);
            bind(peer, channel, attempt);
            channels.put(peer, channel);
            keep(() -> bind(peer, channel, Attempt.within(time, KEEP_PATIENCE)), CHANNEL_REFRESH);
        }
    }

    private void bind(InetSocketAddress peer, int channel, Attempt attempt) {
        Message answer = requests.ask(
                Method.CHANNEL_BIND,
                attempt,
                new Attribute.ChannelNumber(channel),
                new Attribute.XorPeerAddress(TransportAddress.of(peer)));
        requests.accepted("the way to " + peer, answer);
    }

    @Override
    public boolean send(InetSocketAddress peer, ByteBuffer payload) {
        Integer channel = channels.get(peer);
        int payloadBytes = payload.remaining();
        if (channel == null || ended.get() || payloadBytes > LARGEST_PAYLOAD_BYTES) {
            tally.notSent();
            return false;
        }
        byte[] message = new byte[ChannelData.paddedStreamBytes(payloadBytes)];
        ByteBuffer memory = ByteBuffer.wrap(message);
        ChannelData.writeHeader(memory, 0, channel, payloadBytes);
        payload.duplicate().get(message, ChannelData.HEADER_BYTES, payloadBytes);
        // RFC 8656 §12.5: padding is for streams; on UDP it is waste.
        int length = connection.pipe().isReliable() ? message.length : ChannelData.HEADER_BYTES + payloadBytes;
        try {
            connection.send(message, length);
        } catch (IOException e) {
            tally.notSent(); // the reader finds out whether the socket is gone
            return false;
        }
        tally.sent(payloadBytes);
        return true;
    }

    /// Whether the relay has said, in its last answer to a [#ping], that clients should leave.
    public boolean isDraining() {
        return draining;
    }

    /// Asks the relay for a sign of life by a Binding, which no quota counts.
    ///
    /// @return how long the answer took
    public Duration ping(Attempt attempt) {
        long beganNanos = time.nanos();
        draining = requests.bind(attempt).find(Attribute.Draining.class).isPresent();
        return Duration.ofNanos(time.nanos() - beganNanos);
    }

    @Override
    public Statistics statistics() {
        return tally.statistics(connection.lastHeardNanos());
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            keeper.shutdownNow();
            requests.tell(Method.REFRESH, new Attribute.Lifetime(0));
            connection.close();
        }
    }

    // ------------------------------------------------------------------------------------------ on the reader thread

    private void onMessage(ByteBuffer memory, int length) {
        if (ChannelData.isValidDatagram(memory, 0, length)) {
            int index = ChannelData.channelNumber(memory, 0) - ChannelNumber.FIRST;
            InetSocketAddress peer = index < peers.length() ? peers.get(index) : null;
            if (peer != null) {
                deliver(peer, memory, ChannelData.HEADER_BYTES, ChannelData.payloadBytes(memory, 0));
            }
        } else if (StunHeader.looksLikeStun(memory, 0, length)
                && StunHeader.messageType(memory, 0) == StunHeader.DATA_INDICATION) {
            onDataIndication(memory, length);
        }
    }

    /// From another port of an address that is open: permissions have no port.
    private void onDataIndication(ByteBuffer memory, int length) {
        try {
            Message indication = MessageDecoder.decode(memory, 0, length);
            indication
                    .find(Attribute.XorPeerAddress.class)
                    .ifPresent(peer -> indication.find(Attribute.Data.class).ifPresent(data -> {
                        byte[] payload = data.value().toArray();
                        deliver(peer.address().toInetSocketAddress(), ByteBuffer.wrap(payload), 0, payload.length);
                    }));
        } catch (MalformedPacket e) {
            // As good as lost on the way.
        }
    }

    private void deliver(InetSocketAddress peer, ByteBuffer memory, int offset, int payloadBytes) {
        tally.received(payloadBytes);
        ByteBuffer payload = memory.duplicate();
        payload.limit(offset + payloadBytes).position(offset);
        receiver.onDatagram(peer, payload);
    }

    // ------------------------------------------------------------------------------------------ on the keeper thread

    private void keepAllocation(Message answer) {
        long lifetimeSeconds = answer.find(Attribute.Lifetime.class)
                .map(Attribute.Lifetime::seconds)
                .orElse(600L);
        long delaySeconds = Math.max(lifetimeSeconds - REFRESH_BEFORE_END.toSeconds(), lifetimeSeconds / 2);
        schedule(
                () -> {
                    Message refreshed = requests.ask(Method.REFRESH, Attempt.within(time, KEEP_PATIENCE));
                    keepAllocation(requests.accepted("Refresh", refreshed));
                },
                Duration.ofSeconds(Math.max(1, delaySeconds)));
    }

    private void keep(Runnable again, Duration every) {
        schedule(
                () -> {
                    again.run();
                    keep(again, every);
                },
                every);
    }

    private void schedule(Runnable task, Duration after) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (PathException e) {
                end(e);
            }
        };
        try {
            keeper.schedule(guarded, after.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: there is nothing left to keep.
        }
    }

    private void end(PathException why) {
        if (ended.compareAndSet(false, true)) {
            keeper.shutdownNow();
            connection.close();
            receiver.onEnded(why.failure());
        }
    }
}
