package io.callgate.control.console;

/// What was made just now and cannot be seen again.
///
/// @param what says so
record ShownOnce(String what, String secret) {}
