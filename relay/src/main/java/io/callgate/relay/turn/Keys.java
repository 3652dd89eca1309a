package io.callgate.relay.turn;

import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Integrity;

/// The long-term keys of one user name and password (RFC 8489 §9.2.2), for both password algorithms.
final class Keys {
    private final byte[] md5;
    private final byte[] sha256;

    Keys(String userName, String realm, String password) {
        this.md5 = Integrity.longTermKeyMd5(userName, realm, password);
        this.sha256 = Integrity.longTermKeySha256(userName, realm, password);
    }

    byte[] of(PasswordAlgorithm algorithm) {
        return algorithm.equals(PasswordAlgorithm.SHA256) ? sha256 : md5;
    }
}
