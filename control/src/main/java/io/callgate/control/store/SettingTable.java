package io.callgate.control.store;

import io.callgate.model.Secret;
import org.jdbi.v3.core.Handle;

/// Secrets of the installation itself, made when first asked for, the same for every control.
public final class SettingTable {
    private final Handle handle;
    private final Sealer sealer;

    SettingTable(Handle handle, Sealer sealer) {
        this.handle = handle;
        this.sealer = sealer;
    }

    /// @param name says what it is for
    public Secret secret(String name) {
        return handle.createQuery("select sealed from setting where name = :name")
                .bind("name", name)
                .mapTo(String.class)
                .findOne()
                .map(stored -> sealer.open(stored, place(name)))
                .orElseGet(() -> make(name));
    }

    /// Of two controls that make it at once, one meets the other's row and tries again.
    private Secret make(String name) {
        Secret secret = BearerToken.randomText();
        handle.createUpdate("insert into setting (name, sealed) values (:name, :sealed)")
                .bind("name", name)
                .bind("sealed", sealer.seal(secret, place(name)))
                .execute();
        return secret;
    }

    private static String place(String name) {
        return "setting/" + name;
    }
}
