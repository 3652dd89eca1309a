package io.callgate.relay.turn;

import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Integrity;
import org.jspecify.annotations.Nullable;

/// The long-term keys of one user name and password (RFC 8489 §9.2.2), made when a password algorithm is first
/// asked for: a client uses one. Confined to one loop.
final class Keys {
    private final String userName;
    private final String realm;
    private final String password;
    private byte @Nullable [] md5;
    private byte @Nullable [] sha256;

    Keys(String userName, String realm, String password) {
        this.userName = userName;
        this.realm = realm;
        this.password = password;
    }

    byte[] of(PasswordAlgorithm algorithm) {
        return algorithm.equals(PasswordAlgorithm.SHA256) ? sha256() : md5();
    }

    private byte[] md5() {
        byte[] key = md5;
        if (key == null) {
            key = Integrity.longTermKeyMd5(userName, realm, password);
            md5 = key;
        }
        return key;
    }

    private byte[] sha256() {
        byte[] key = sha256;
        if (key == null) {
            key = Integrity.longTermKeySha256(userName, realm, password);
            sha256 = key;
        }
        return key;
    }
}
