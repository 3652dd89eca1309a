package io.callgate.relay.grant;

/// A name was not looked up, for too many are being looked up already.
public final class LookupRefused extends Exception {
    private final DropReason reason;

    public LookupRefused(DropReason reason) {
        super(reason.text(), null, false, false); // of no use to anybody: where it happened is always the same
        this.reason = reason;
    }

    public DropReason reason() {
        return reason;
    }
}
