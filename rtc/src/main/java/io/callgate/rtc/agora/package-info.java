/// Agora's API: the Java names, numbers, order rules, return codes and callbacks of its Native SDK, from the
/// `setParameters` of 2021 to `setCloudProxy` and `setLocalAccessPoint`.
///
/// Thin over [io.callgate.rtc.vendor.FacadeEngine]; what it answers row by row is in `docs/protocols/vendors.md`.
/// Where Android has views and devices, a Java program gives sinks and pushes frames.
@NullMarked
package io.callgate.rtc.agora;

import org.jspecify.annotations.NullMarked;
