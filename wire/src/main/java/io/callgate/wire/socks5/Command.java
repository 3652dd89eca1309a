package io.callgate.wire.socks5;

/// Commands (RFC 1928 §4). Plain numbers: an unknown one is answered with [Reply#COMMAND_NOT_SUPPORTED].
public final class Command {
    public static final int CONNECT = 1;
    public static final int BIND = 2;
    public static final int UDP_ASSOCIATE = 3;

    private Command() {}
}
