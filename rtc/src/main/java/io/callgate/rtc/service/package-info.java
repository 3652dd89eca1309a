/// What an engine needs of an RTC cloud: to enter a room, send, receive, and to move all of that to another
/// way.
///
/// Interfaces and values; each kind of cloud is a package of its own (`rtc.janus`).
@NullMarked
package io.callgate.rtc.service;

import org.jspecify.annotations.NullMarked;
