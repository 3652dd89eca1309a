/// Datagrams through a relay: TURN as a client (RFC 8489, RFC 8656) over UDP, TCP, TLS and HTTP CONNECT.
///
/// ```java
/// HostPort relay = HostPort.parse("relay.example.com", 443);
/// Trust trust = Trust.system();                               // or Trust.pin("sha256/...")
/// Ladder ladder = new Ladder(
///         List.of(new Entrance(relay, Transport.UDP, trust), new Entrance(relay, Transport.TLS, trust)),
///         Dialer.direct(), time);                             // or through the company's proxy
/// Ladder.Climb climb = ladder.climb(login, receiver);         // blocks, 5 s a way at most
/// DatagramTunnel tunnel = climb.tunnel().orElseThrow(...);    // else climb.failures() say why, and what to do
/// tunnel.open(peer, Attempt.within(time, Duration.ofSeconds(5)));
/// tunnel.send(peer, payload);
/// ```
///
/// **Threads.** Every object may be used from any thread. What asks a relay blocks, until it answers or the
/// attempt is over ([io.callgate.client.net.Attempt]); another thread may call it off. [DatagramTunnel#send]
/// blocks only as long as the socket does. A tunnel has two daemon threads: one on which all calls of its
/// receiver are made, one that keeps the allocation alive.
///
/// **Errors.** What the network does wrong is a [io.callgate.client.failure.PathException] with code, cause and
/// mend; what the caller does wrong is an `IllegalArgumentException`. A tunnel that ends tells its receiver, once.
///
/// **Units.** Times are `Duration`s or have their unit in the name; byte counts are payload bytes.
@NullMarked
package io.callgate.client.turn;

import org.jspecify.annotations.NullMarked;
