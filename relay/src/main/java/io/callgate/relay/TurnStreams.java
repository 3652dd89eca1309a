package io.callgate.relay;

import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.TurnServer;
import io.callgate.relay.turn.TurnStream;
import io.netty.channel.Channel;

/// Where a stream goes that has shown itself to be TURN.
interface TurnStreams {
    /// Adds its handlers to the end of the pipeline; the bytes that have already come are then fired into them.
    /// Called on the client's loop.
    ///
    /// @param listener by which the client came in
    /// @param onProved to be called when the client holds an allocation; until then the stream has a deadline
    void enter(Channel client, ListenerPoint listener, Runnable onProved);

    /// To this server, of the same loop.
    static TurnStreams to(TurnServer turn) {
        return (client, listener, onProved) ->
                client.pipeline().addLast(new TurnStream(turn, listener, client, onProved));
    }
}
