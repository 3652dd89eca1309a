/// NetEase's API: the Java names, numbers, order rules, return codes and callbacks of its NERTC SDK, as far as
/// calls and the cloud proxy go.
///
/// Thin over [io.callgate.rtc.vendor.FacadeEngine]; what it answers row by row is in `docs/protocols/vendors.md`.
/// Where Android has views and devices, a Java program gives sinks and pushes frames.
@NullMarked
package io.callgate.rtc.nertc;

import org.jspecify.annotations.NullMarked;
