package io.callgate.e2e;

import java.util.List;

/// What a browser in corp is told before it starts.
///
/// @param pastTheProxy hosts that it reaches without its proxy. Chromium sends TURN over TCP and TLS through the
///     proxy too (over UDP not), so the relay is among them unless media is to go inside the proxy
/// @param trustsAuthority whether the company's certificate authority is in its database
record BrowserSetup(SignallingProxy proxy, List<String> pastTheProxy, boolean trustsAuthority) {}
