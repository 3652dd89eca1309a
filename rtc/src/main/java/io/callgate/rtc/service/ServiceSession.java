package io.callgate.rtc.service;

import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.transport.TransportPlan;
import java.io.Closeable;
import java.util.List;

/// One room that was entered. The engine calls these methods one at a time on a thread that may block. It
/// interrupts that thread when a newer plan has come or the app leaves: what blocks then throws soon.
/// [#close] comes from any thread at any time.
public interface ServiceSession extends Closeable {
    /// Sends, under that name; in place of what was sent before.
    ///
    /// @throws ServiceException if it does not come to be
    void publish(Publication publication);

    /// Sends nothing more.
    void unpublish();

    /// Receives one stream.
    ///
    /// @param name of a [RemoteStream] that is there
    void subscribe(String name, StreamSinks sinks);

    void unsubscribe(String name);

    /// Moves everything to that plan without leaving the room: signalling, then what is received, then what
    /// is sent; then looks whether media goes as the plan wants, and where it does not, connects anew. When
    /// it returns, all that there is goes by this plan; in a forced plan nothing has left by another since
    /// it began.
    ///
    /// @throws ServiceException if that was not reached; then it can be called again, also with another plan
    void apply(TransportPlan plan);

    /// The same after the connection to the cloud was lost: claims the room again, or enters it anew if the
    /// cloud has forgotten.
    void reclaim(TransportPlan plan);

    /// One for each connection of media.
    List<LinkStats> statistics();

    /// Says goodbye, for a second at most, and closes.
    void leave();

    @Override
    void close();
}
