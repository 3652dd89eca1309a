/// ZEGO's API: the Java names, numbers, order rules and callbacks of its Express SDK, as far as rooms, streams
/// and the proxies go.
///
/// Thin over [io.callgate.rtc.vendor.FacadeEngine]; what it answers row by row is in `docs/protocols/vendors.md`.
/// Where Android has views and devices, a Java program gives sinks and sends frames.
@NullMarked
package io.callgate.rtc.zego;

import org.jspecify.annotations.NullMarked;
