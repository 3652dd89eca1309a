package io.callgate.relay.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayList;
import java.util.List;

/// Netty's epoll of one loop, and the end of its turns: tells whoever asked for it when every socket that had
/// something was read. A task would come at the same moment, and for each run of tasks Netty reads the clock four
/// times. Confined to the loop.
final class LinuxIoHandler implements IoHandler {
    private final IoHandler epoll;
    private final List<LinuxUdpNet> turnsToEnd = new ArrayList<>(1);

    private LinuxIoHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return executor -> new LinuxIoHandler(epoll.newHandler(executor));
    }

    /// Has [LinuxUdpNet#onTurnEnd] called once, when the turn ends that is now.
    void whenTurnEnds(LinuxUdpNet net) {
        turnsToEnd.add(net);
    }

    @Override
    public int run(IoHandlerContext context) {
        int handled = epoll.run(context);
        for (int i = 0; i < turnsToEnd.size(); i++) {
            turnsToEnd.get(i).onTurnEnd();
        }
        turnsToEnd.clear();
        return handled;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof LinuxUdpSocket socket) {
            socket.net().servedBy(this);
        }
        return epoll.register(handle);
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }
}
