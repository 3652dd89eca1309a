package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import io.callgate.model.IpAddress;
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
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// SOCKS5 CONNECT as a client (RFC 1928, RFC 1929). A name goes to the proxy as a name.
final class Socks5Handshake {
    /// The longest answer: a reply with a name of 255 bytes.
    private static final int LONGEST_ANSWER_BYTES = 4 + 1 + 255 + 2;

    private final Hop.Socks5 hop;
    private final Socket socket;
    private final Attempt attempt;

    private interface Decoder<T> {
        Optional<T> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket;
    }

    private interface Encoder {
        void encode(ByteBuffer memory, int offset);
    }

    Socks5Handshake(Hop.Socks5 hop, Socket socket, Attempt attempt) {
        this.hop = hop;
        this.socket = socket;
        this.attempt = attempt;
    }

    void connect(HostPort to) {
        int patienceMillis = attempt.leftMillis();
        try {
            authenticate();
            Request request = new Request(Command.CONNECT, target(to), to.port());
            send(request.encodedBytes(), request::encode);
            judge(receive(Reply::decode), to);
        } catch (MalformedPacket e) {
            throw new PathException(
                    ErrorCode.SOCKS5_VERSION,
                    hop + " does not answer in SOCKS5: " + e.getMessage(),
                    "check its address and port",
                    e);
        } catch (IOException e) {
            throw Causes.ofStream(hop.toString(), "asking it for " + to, e, patienceMillis);
        }
    }

    private void authenticate() throws IOException, MalformedPacket {
        Greeting greeting = new Greeting(
                hop.login().isPresent()
                        ? List.of(AuthMethod.NONE, AuthMethod.USERNAME_PASSWORD)
                        : List.of(AuthMethod.NONE));
        send(greeting.encodedBytes(), greeting::encode);
        int method = method();
        if (method == AuthMethod.USERNAME_PASSWORD && hop.login().isPresent()) {
            sendLogin(hop.login().get());
        } else if (method != AuthMethod.NONE) {
            throw new PathException(
                    ErrorCode.PROXY_AUTH_REQUIRED,
                    hop.login().isPresent()
                            ? hop + " takes neither no login nor a user name and password"
                            : hop + " wants a login",
                    "give it a user name and password, or let this machine through without");
        }
    }

    /// A web server waits for the end of a request that it takes the greeting for.
    private int method() throws IOException, MalformedPacket {
        int patienceMillis = attempt.leftMillis();
        try {
            return receive(MethodSelection::decode).method();
        } catch (SocketTimeoutException e) {
            throw new PathException(
                    ErrorCode.SOCKS5_VERSION,
                    hop + " accepts the connection and does not answer a greeting in SOCKS5 within " + patienceMillis
                            + " ms",
                    "check its address and port; if they are right, a firewall on the way swallows SOCKS5",
                    e);
        }
    }

    private void sendLogin(Login login) throws IOException, MalformedPacket {
        UsernamePassword both = new UsernamePassword(login.name(), login.password());
        send(both.encodedBytes(), both::encode);
        if (!receive(AuthStatus::decode).isSuccess()) {
            throw new PathException(
                    ErrorCode.PROXY_AUTH_REQUIRED,
                    hop + " does not take the user name and password of " + login.name(),
                    "check them");
        }
    }

    private void judge(Reply reply, HostPort to) {
        if (reply.code() == Reply.SUCCEEDED) {
            return;
        }
        String reason = switch (reply.code()) {
            case Reply.GENERAL_FAILURE -> "general failure";
            case Reply.NOT_ALLOWED -> "not allowed by its rules";
            case Reply.NETWORK_UNREACHABLE -> "network unreachable";
            case Reply.HOST_UNREACHABLE -> "host unreachable";
            case Reply.CONNECTION_REFUSED -> "connection refused";
            case Reply.TTL_EXPIRED -> "no answer from there";
            case Reply.COMMAND_NOT_SUPPORTED -> "CONNECT not supported";
            case Reply.ADDRESS_TYPE_NOT_SUPPORTED -> "this kind of address not supported";
            default -> "reply " + reply.code();
        };
        throw new PathException(
                ErrorCode.SOCKS5_FAILED,
                hop + " opens no connection to " + to + ": " + reason,
                "let that proxy connect to " + to);
    }

    private static Target target(HostPort to) {
        if (!to.isAddress()) {
            return new Target.Domain(to.host());
        }
        IpAddress address = IpAddress.parse(to.host());
        return address.isV4() ? new Target.Ipv4((int) address.low()) : new Target.Ipv6(address.high(), address.low());
    }

    private void send(int bytes, Encoder encoder) throws IOException {
        byte[] message = new byte[bytes];
        encoder.encode(ByteBuffer.wrap(message), 0);
        socket.getOutputStream().write(message);
    }

    private <T> T receive(Decoder<T> decoder) throws IOException, MalformedPacket {
        HandshakeInput in = new HandshakeInput(socket, attempt);
        ByteBuffer memory = ByteBuffer.allocate(LONGEST_ANSWER_BYTES);
        for (int bytes = 0; bytes < LONGEST_ANSWER_BYTES; ) {
            memory.put(bytes++, in.next());
            Optional<T> answer = decoder.decode(memory, 0, bytes);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        throw new MalformedPacket("an answer of more than " + LONGEST_ANSWER_BYTES + " bytes");
    }
}
