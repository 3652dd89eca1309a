package io.callgate.wire;

/// Bytes that break their protocol's format. The message says what, with the numbers that disagree.
///
/// Anyone on the internet can cause one per packet, so it carries no stack trace.
public final class MalformedPacket extends Exception {
    public MalformedPacket(String message) {
        super(message, null, false, false);
    }
}
