package io.callgate.client;

import io.callgate.client.lease.LeaseClient;
import io.callgate.client.lease.LeaseClient.Claim;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.Lease;
import io.callgate.model.LeaseRequest;
import io.callgate.model.ModePolicy;

/// Asks control in the name of one user. Blocks; safe for any thread.
record LeaseAsker(LeaseClient control, Claim claim, LeaseRequest request) {
    Lease lease() {
        return control.lease(request, claim);
    }

    Lease renew(Lease old) {
        return control.renew(old);
    }

    Allowlist allowlist(Lease lease, AllowlistKey trusted) {
        return control.allowlist(lease, trusted);
    }

    /// The default for an app that has not said which it is.
    ModePolicy policy() {
        return claim.app().map(control::policy).orElse(ModePolicy.DEFAULT);
    }
}
