package io.callgate.control.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/// Where an HTTP server listens.
///
/// @param address port 0 is any
/// @param orAnyPort whether another port of the same address does as well, if this one is taken
/// @param setting what names another port, for whoever has to: a sentence goes on with it
public record HttpPlace(InetSocketAddress address, boolean orAnyPort, String setting) {
    public HttpPlace {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("there is no address " + address.getHostString());
        }
    }

    /// On loopback, for who needs no other port.
    ///
    /// @param port 0 is any
    public static HttpPlace onLoopback(int port) {
        return new HttpPlace(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), false, "ControlOptions");
    }

    /// Whether nobody on another machine sees what is said here.
    public boolean isLoopback() {
        return address.getAddress().isLoopbackAddress();
    }

    /// A socket that listens there.
    ///
    /// @throws UncheckedIOException if the port is taken, or the address is not of this machine
    ServerSocketChannel listen() {
        try {
            return bound(address);
        } catch (BindException e) {
            if (orAnyPort) {
                return onAnyPort();
            }
            throw refused(e);
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private ServerSocketChannel onAnyPort() {
        try {
            return bound(new InetSocketAddress(address.getAddress(), 0));
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private static ServerSocketChannel bound(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(); // the server that gets it closes it
        try {
            return channel.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private UncheckedIOException refused(IOException cause) {
        return new UncheckedIOException(
                "cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort()
                        + "; is it in use? Another is named by " + setting,
                cause);
    }
}
