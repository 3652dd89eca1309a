/// A client of an RTC cloud with real media, all of it through the cloud proxy: [RtcEngine].
///
/// Joins a room of any cloud that an [RtcService][io.callgate.rtc.service.RtcService] is there for, sends
/// and receives by any [MediaStack][io.callgate.rtc.media.MediaStack], and moves both whenever the SDK
/// finds another way. One thread, `callgate-rtc`, owns all state and makes all callbacks; another,
/// `callgate-rtc-work`, does what blocks. Knows neither relay nor control.
@NullMarked
package io.callgate.rtc;

import org.jspecify.annotations.NullMarked;
