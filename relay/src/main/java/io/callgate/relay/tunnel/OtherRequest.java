package io.callgate.relay.tunnel;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.check.CheckAnswer;
import io.callgate.relay.check.CheckRequest;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.passage.Passage;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// A request that is no CONNECT, in whichever HTTP: for the relay itself, as for any web server, or for a proxy
/// that this is not.
///
/// @param authority `Host`, or HTTP/2's `:authority`; empty if there is none
/// @param header the first value of a header by its lower-case name
/// @param isForProxy whether it is for another server
record OtherRequest(
        String method, String target, String authority, Function<String, Optional<String>> header, boolean isForProxy) {
    /// @param isLast whether an HTTP/1.1 connection ends with it
    HttpAnswer answer(Tunnels tunnels, Channel client, boolean isLast) {
        if (isForProxy) {
            tunnels.loop().drops().count(DropReason.UNEXPECTED_MESSAGE);
            return HttpAnswer.text(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    Map.of("Allow", "CONNECT"),
                    "Callgate tunnels by CONNECT only",
                    isLast);
        }
        if (tunnels.passage().isPresent() && Passage.isUnder(target)) {
            tunnels.loop().drops().count(DropReason.UNEXPECTED_MESSAGE);
            return HttpAnswer.of(Passage.NOTHING_HERE);
        }
        CheckAnswer answer = tunnels.checkPage()
                .answer(new CheckRequest(
                        method,
                        target,
                        authority,
                        header,
                        ClientAddress.of(client).address(),
                        localOf(client)));
        answer.refusal().ifPresent(tunnels.loop().drops()::count);
        return HttpAnswer.of(answer, isLast);
    }

    /// Begins to pass this on if it is one of the requests that control answers for a relay's clients.
    ///
    /// @param onAnswer called once, on the loop, unless the client leaves first
    Optional<PassedOn> passOn(Tunnels tunnels, Channel client, Consumer<HttpAnswer> onAnswer) {
        return tunnels.passage()
                .filter(passage -> !isForProxy)
                .flatMap(passage -> Passage.find(
                                method, target, header, ClientAddress.of(client).address())
                        .map(head -> PassedOn.begin(tunnels.loop(), client, passage, head, onAnswer)));
    }

    /// HEAD has the answer of a GET, without its body.
    boolean wantsBody() {
        return !method.equals("HEAD");
    }

    /// Where the connection came in; what lies on another has no address of its own.
    private static Endpoint localOf(Channel client) {
        Channel connection = client;
        while (!(connection.localAddress() instanceof InetSocketAddress) && connection.parent() != null) {
            connection = connection.parent();
        }
        return connection.localAddress() instanceof InetSocketAddress local
                ? new Endpoint(IpAddress.of(local.getAddress()), local.getPort())
                : NOWHERE; // closed meanwhile: nobody reads the answer
    }

    private static final Endpoint NOWHERE = new Endpoint(IpAddress.ANY_V4, 1);
}
