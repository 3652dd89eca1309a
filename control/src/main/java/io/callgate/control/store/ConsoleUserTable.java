package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The users of the console and the browsers that are signed in.
public final class ConsoleUserTable {
    /// A browser that was left alone for so long is signed out.
    public static final Duration IDLE = Duration.ofMinutes(30);

    /// Then a password is asked again, whatever the browser does.
    public static final Duration LONGEST = Duration.ofHours(12);

    private static final Duration SEEN_STEP = Duration.ofMinutes(1);
    private static final UUID NO_TOKEN = new UUID(0, 0);

    private final Handle handle;
    private final OwnedApps owned;
    private final Instant now;

    ConsoleUserTable(Handle handle, Instant now) {
        this.handle = handle;
        this.owned = OwnedApps.ofUsers(handle);
        this.now = now;
    }

    public Optional<ConsoleUser> find(String name) {
        return handle.createQuery("select * from console_user where name = :name")
                .bind("name", name)
                .map((row, context) -> user(row))
                .findOne();
    }

    /// The same, and nobody else changes the user until the transaction is over: of two who give an owner other
    /// apps at once, the second begins with what the first has left.
    public Optional<ConsoleUser> findToChange(String name) {
        handle.createQuery("select name from console_user where name = :name for update")
                .bind("name", name)
                .mapTo(String.class)
                .findOne();
        return find(name);
    }

    /// By name.
    public List<ConsoleUser> page(String after, int limit) {
        return handle.createQuery("select * from console_user where name > :after order by name limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> user(row))
                .list();
    }

    /// @param apps of an app's owner; else empty
    /// @param password as it is to be kept
    public void create(String name, Operator.Role role, List<AppId> apps, String password) {
        handle.createUpdate("""
            insert into console_user (name, kind, password, must_change, created_at)
            values (:name, :kind, :password, true, :now)\
            """)
                .bind("name", name)
                .bind("kind", role.name())
                .bind("password", password)
                .bind("now", now.toEpochMilli())
                .execute();
        owned.replace(name, apps);
    }

    /// Gives an app's owner other apps, from the next page that they open: see [#findToChange].
    public void setApps(String owner, List<AppId> apps) {
        owned.replace(owner, apps);
    }

    /// Gives another password, and signs the user's browsers out.
    ///
    /// @param password as it is to be kept
    /// @return whether there is such a user
    public boolean setPassword(String name, String password, boolean mustChange) {
        endAll(name);
        return handle.createUpdate("""
            update console_user set password = :password, must_change = :mustChange where name = :name\
            """)
                        .bind("name", name)
                        .bind("password", password)
                        .bind("mustChange", mustChange)
                        .execute()
                > 0;
    }

    /// @return whether there was such a user
    public boolean remove(String name) {
        endAll(name);
        owned.remove(name);
        return handle.createUpdate("delete from console_user where name = :name")
                        .bind("name", name)
                        .execute()
                > 0;
    }

    /// How many operators there are: the last one is not removed.
    public long operators() {
        return handle.createQuery("select count(*) from console_user where kind = :kind")
                .bind("kind", Operator.Role.OPERATOR.name())
                .mapTo(Long.class)
                .one();
    }

    /// Signs a browser in, and forgets those whose time is over.
    ///
    /// @return what its cookie holds
    public Secret begin(String user) {
        handle.createUpdate("delete from console_session where began_at < :longest or seen_at < :idle")
                .bind("longest", now.minus(LONGEST).toEpochMilli())
                .bind("idle", now.minus(IDLE).toEpochMilli())
                .execute();
        Secret cookie = BearerToken.randomText();
        handle.createUpdate("""
            insert into console_session (hash, user_name, form_key, began_at, seen_at)
            values (:hash, :user, :formKey, :now, :now)\
            """)
                .bind("hash", hash(cookie))
                .bind("user", user)
                .bind("formKey", BearerToken.randomText().reveal())
                .bind("now", now.toEpochMilli())
                .execute();
        return cookie;
    }

    /// The session of a cookie, unless it is over; its time to be idle begins anew.
    public Optional<ConsoleSession> use(Secret cookie) {
        String hash = hash(cookie);
        Optional<ConsoleSession> found = handle.createQuery("""
            select u.*, s.form_key, s.began_at, s.seen_at from console_session s
            join console_user u on u.name = s.user_name
            where s.hash = :hash and s.began_at >= :longest and s.seen_at >= :idle\
            """)
                .bind("hash", hash)
                .bind("longest", now.minus(LONGEST).toEpochMilli())
                .bind("idle", now.minus(IDLE).toEpochMilli())
                .map((row, context) -> new ConsoleSession(
                        user(row),
                        row.getString("form_key"),
                        Instant.ofEpochMilli(row.getLong("began_at")),
                        Instant.ofEpochMilli(row.getLong("seen_at"))))
                .findOne();
        if (found.isPresent() && !found.get().seenAt().isAfter(now.minus(SEEN_STEP))) {
            handle.createUpdate("update console_session set seen_at = :now where hash = :hash")
                    .bind("hash", hash)
                    .bind("now", now.toEpochMilli())
                    .execute();
        }
        return found;
    }

    /// Whether the session of a cookie goes on; asking does not make it last longer.
    public boolean isLive(Secret cookie) {
        return handle.createQuery("""
            select count(*) from console_session where hash = :hash and began_at >= :longest and seen_at >= :idle\
            """)
                        .bind("hash", hash(cookie))
                        .bind("longest", now.minus(LONGEST).toEpochMilli())
                        .bind("idle", now.minus(IDLE).toEpochMilli())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    public void end(Secret cookie) {
        handle.createUpdate("delete from console_session where hash = :hash")
                .bind("hash", hash(cookie))
                .execute();
    }

    private void endAll(String user) {
        handle.createUpdate("delete from console_session where user_name = :user")
                .bind("user", user)
                .execute();
    }

    private static String hash(Secret cookie) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(cookie.reveal().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private ConsoleUser user(ResultSet row) throws SQLException {
        String name = row.getString("name");
        Operator.Role role = Operator.Role.valueOf(row.getString("kind"));
        return new ConsoleUser(
                new Operator(
                        NO_TOKEN, name, role, owned.of(name, role), Instant.ofEpochMilli(row.getLong("created_at"))),
                row.getString("password"),
                row.getBoolean("must_change"));
    }
}
