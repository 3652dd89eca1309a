package io.callgate.control.store;

import io.callgate.model.Secret;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/// Secrets of the installation itself, made when first asked for, the same for every control.
public final class SettingTable {
    private final Handle handle;
    private final Sealer sealer;

    SettingTable(Handle handle, Sealer sealer) {
        this.handle = handle;
        this.sealer = sealer;
    }

    /// Random text.
    ///
    /// @param name says what it is for
    public Secret secret(String name) {
        return secret(name, BearerToken::randomText);
    }

    /// @param maker makes the first one, of at most 400 bytes
    public Secret secret(String name, Supplier<Secret> maker) {
        return find(name).orElseGet(() -> keep(name, maker.get()));
    }

    /// Empty if none was made.
    public Optional<Secret> find(String name) {
        return handle.createQuery("select sealed from setting where name = :name")
                .bind("name", name)
                .mapTo(String.class)
                .findOne()
                .map(stored -> sealer.open(stored, place(name)));
    }

    /// Lets two that there are change their names.
    public void exchange(String one, String other) {
        Secret first = find(one).orElseThrow();
        Secret second = find(other).orElseThrow();
        forget(one);
        forget(other);
        keep(one, second); // sealed anew: a seal holds under its own name
        keep(other, first);
    }

    public void forget(String name) {
        handle.createUpdate("delete from setting where name = :name")
                .bind("name", name)
                .execute();
    }

    /// Of two controls that make it at once, one meets the other's row and tries again.
    private Secret keep(String name, Secret secret) {
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
