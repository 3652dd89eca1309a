package io.callgate.client.network;

import java.io.Closeable;

/// Knows the network of this machine and tells when it changes.
///
/// All methods may be called from any thread and return at once.
public interface NetworkMonitor extends Closeable {
    /// Told after each change that has lasted, on a thread of the monitor, one call at a time and in order.
    /// Whoever blocks there delays the next; what it throws goes to that thread's own handler, and the
    /// monitor goes on.
    @FunctionalInterface
    interface Listener {
        /// @param now what [NetworkMonitor#current] says, unless it has changed again
        void onChange(Network before, Network now);
    }

    /// The network as last seen; never older than the last change that was told.
    Network current();

    /// Adds a listener, which hears of the next change and all after it. Nothing after [#close].
    void listen(Listener listener);

    /// Does nothing for a listener that was never added. A call that is under way still ends.
    void forget(Listener listener);

    /// No further call begins. [#current] stays as it is.
    @Override
    void close();
}
