/// The SDK: one question, "how do I get through?", answered for any RTC stack. This is its manual.
///
/// # A call
///
/// ```java
/// CloudProxy proxy = CloudProxy.builder(clock)                // the system's clocks, as a TimeSource
///         .entry("relay.example.com").entry("203.0.113.7")    // who is asked; the second if DNS is closed
///         .uid("alice").token(() -> tokenOfYourServer())      // whom the operator lets in
///         .store(LeaseStore.file(file))                       // the last lease, for a start without control
///         .events(events)
///         .build();
/// proxy.start();                                              // returns at once
/// ```
///
/// [io.callgate.client.ProxyEvents#onPlan] then tells what to use, and tells it again whenever that changes:
///
/// - WebRTC takes [io.callgate.client.Plan#iceServers], and `iceTransportPolicy` from
///   [io.callgate.client.Plan#relayOnly]; with a new plan, set both and restart ICE.
/// - Signalling takes [io.callgate.client.CloudProxy#signallingSockets], or the dialer in the plan. Names are
///   resolved at the relay. Connect again with a new plan.
/// - Everything else sends datagrams by [io.callgate.client.CloudProxy#openTunnel], which follows the plan.
///
/// # Modes
///
/// | mode | way |
/// |---|---|
/// | NONE | directly, and never otherwise |
/// | STANDARD | through a relay from the start: UDP, else TCP, TLS, HTTP |
/// | UDP, TCP | through a relay, by UDP alone, by TLS on 443 alone |
/// | AUTO | directly if signalling and media answer within a second, else as STANDARD |
/// | SMART | as AUTO; on a cellular network it stays direct and tries again |
/// | LOCAL | through the customer's own SOCKS5 or HTTP proxy: [io.callgate.client.LocalProxies] |
///
/// AUTO and SMART ask the app's [io.callgate.client.DirectProbe], again every five seconds while direct: a
/// way that closes is left for a proxy. A network that changes is judged anew while direct; a proxy that
/// works is kept, unless `reprobeWhenProxied`. The networks come from a
/// [io.callgate.client.network.NetworkMonitor]: `InterfaceMonitor` on Linux, macOS and Windows, the app's own
/// on Android.
///
/// # What it does by itself
///
/// - A better transport that works again is taken while the call runs; UDP that loses too much is left.
/// - A relay that falls silent is replaced after a third of a second; one that drains is left before it ends.
/// - The lease is renewed when about three quarters of its life are over, after 48 minutes at most.
/// - Through [io.callgate.client.CloudProxy.Builder#through] all of it goes by the company's own proxy. No
///   proxy but a relay carries datagrams (SOCKS5 UDP ASSOCIATE is not spoken): media goes by TCP, TLS or HTTP
///   then.
///
/// # What the firewall must open
///
/// [io.callgate.client.CloudProxy#allowlist] gets the operator's list and believes it by the operator's key
/// alone. An app that knows which version its firewall has says so
/// ([io.callgate.client.CloudProxy.Builder#allowlistVersion]): leases then name only what that version opens,
/// and [io.callgate.client.ProxyEvents#onAllowlistChanged] tells of a newer one.
///
/// # When it does not work
///
/// [io.callgate.client.ProxyEvents#onFailed] has a [io.callgate.client.failure.Failure]: a code that says
/// which layer it was, the cause with addresses and times, and what would mend it.
/// [io.callgate.client.CloudProxy#trace] has every decision, as text and as JSON, without secrets. `callgate
/// doctor` says the same of a network without an app.
///
/// # Threads
///
/// Every method may be called from any thread and none waits, but those whose Javadoc says that they block.
/// Events come on one thread.
@NullMarked
package io.callgate.client;

import org.jspecify.annotations.NullMarked;
