package io.callgate.rtc.media;

import java.io.Closeable;

/// A WebRTC stack. One engine, one stack; both are heavy, so keep them as long as there may be calls.
///
/// Any thread. [#close] closes every source and link that it made, in the right order.
public interface MediaStack extends Closeable {
    LocalVideo video();

    LocalAudio audio();

    /// A link that sends.
    PeerLink sender(IceSetup ice, PeerLink.Listener listener);

    /// A link that receives.
    PeerLink receiver(IceSetup ice, PeerLink.Listener listener);

    @Override
    void close();
}
