/// What the three facades share: the cloud that stands where the vendor's was, the engine below a facade, and
/// the threads, numbers and sinks that their APIs want.
///
/// Knows no vendor; each is a package of its own (`rtc.agora`, `rtc.nertc`, `rtc.zego`), and none of them
/// knows another. Anybody who writes a fourth begins here.
@NullMarked
package io.callgate.rtc.vendor;

import org.jspecify.annotations.NullMarked;
