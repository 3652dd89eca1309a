package io.callgate.rtc.service;

/// What another user sends.
///
/// @param name what [ServiceSession#subscribe] takes; the user's, unless it was published under another
public record RemoteStream(String name, String user, boolean audio, boolean video) {}
