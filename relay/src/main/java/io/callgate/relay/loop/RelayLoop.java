package io.callgate.relay.loop;

import io.callgate.model.TimeSource;
import io.callgate.relay.grant.Drops;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.net.UdpNet;
import io.netty.channel.EventLoop;

/// One of the relay's event loops, one a core. Everything of a client lives on the loop that its five-tuple
/// hashed to.
public final class RelayLoop {
    private final int index;
    private final EventLoop eventLoop;
    private final IoKind io;
    private final TimeSource time;
    private final UdpNet net;
    private final Drops drops = new Drops();
    private final SystemDrops systemDrops = new SystemDrops();
    private final Grants grants = new Grants();
    private long nowNanos;

    /// @param index 0..loops-1
    public RelayLoop(int index, EventLoop eventLoop, IoKind io, TimeSource time) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.io = io;
        this.time = time;
        this.net = io.udpNet(eventLoop, time::nanos);
        this.nowNanos = time.nanos();
    }

    public int index() {
        return index;
    }

    /// For other threads to come in by, and for Netty's channels.
    public EventLoop eventLoop() {
        return eventLoop;
    }

    public IoKind io() {
        return io;
    }

    public TimeSource time() {
        return time;
    }

    public UdpNet net() {
        return net;
    }

    public Drops drops() {
        return drops;
    }

    public SystemDrops systemDrops() {
        return systemDrops;
    }

    public Grants grants() {
        return grants;
    }

    /// The time of the batch in work. Read once a batch by [#readClock], not once a packet.
    public long nowNanos() {
        return nowNanos;
    }

    /// Begins a batch, or any other turn of the loop.
    ///
    /// @return the new [#nowNanos]
    public long readClock() {
        assert eventLoop.inEventLoop();
        nowNanos = time.nanos();
        return nowNanos;
    }
}
