package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.LiveSession;
import io.callgate.model.Region;
import io.callgate.model.SessionChanges;
import io.callgate.model.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The sessions that relays have, as far as they have told.
public final class SessionTable {
    private static final String SELECT = """
        select s.*, relay.name, relay.region from live_session s
        join relay on relay.id = s.relay_id join relay_report r on r.relay_id = s.relay_id\
        """;

    private final Handle handle;
    private final Ids ids;
    private final Instant now;

    SessionTable(Handle handle, Ids ids, Instant now) {
        this.handle = handle;
        this.ids = ids;
        this.now = now;
    }

    /// Up to which change the sessions of each of these relays are known, which have all reported; 0: none is.
    public Map<UUID, Long> known(Collection<UUID> relays) {
        Map<UUID, Long> known = new HashMap<>();
        if (!relays.isEmpty()) {
            handle.createQuery("select relay_id, sessions_taken from relay_report where relay_id in (<relays>)")
                    .bindList("relays", InList.of(List.copyOf(relays)))
                    .map((row, context) ->
                            known.put(row.getObject("relay_id", UUID.class), row.getLong("sessions_taken")))
                    .list();
        }
        return known;
    }

    /// Takes what has changed, after the relay's report was taken.
    ///
    /// @param before up to which change they were known
    /// @param isServed which apps the relay may speak for
    /// @return up to which change the relay's sessions are known now; 0: none is
    public long take(UUID relay, long before, SessionChanges changes, Predicate<AppId> isServed) {
        long known = before;
        boolean isNews = changes.upTo() > 0;
        if (known == 0 || (isNews && changes.after() == 0)) { // another run of the relay, or it tells all anew
            handle.createUpdate("delete from live_session where relay_id = :relay")
                    .bind("relay", relay)
                    .execute();
            known = 0;
        }
        if (!isNews || changes.after() != known || changes.upTo() == known) {
            return known;
        }
        List<LiveSession> live = changes.live().stream()
                .filter(session -> isServed.test(session.app()))
                .toList();
        write(relay, live);
        new SiteTable(handle, now).see(relay, live);
        remove(relay, changes.ended());
        handle.createUpdate("update relay_report set sessions_taken = :upTo where relay_id = :relay")
                .bind("relay", relay)
                .bind("upTo", changes.upTo())
                .execute();
        return changes.upTo();
    }

    public Optional<KnownSession> find(UUID id) {
        return handle.createQuery(SELECT + " where s.id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    /// Those of living relays, in the order in which control heard of them.
    ///
    /// @param apps only of these; empty: of all
    public List<KnownSession> page(Optional<List<AppId>> apps, Optional<UUID> after, int limit) {
        var query = handle.createQuery(SELECT + " where s.id > :after and r.seen_at >= :alive"
                        + (apps.isPresent() ? " and s.app_id in (<apps>)" : "") + " order by s.id limit :limit")
                .bind("after", after.orElse(Page.FIRST))
                .bind("alive", aliveSince())
                .bind("limit", limit);
        apps.ifPresent(only ->
                query.bindList("apps", InList.of(only.stream().map(AppId::value).toList())));
        return query.map((row, context) -> read(row)).list();
    }

    /// How many sessions a subject has at living relays.
    public int count(AppId app, Subject subject) {
        return handle.createQuery("""
            select count(*) from live_session s join relay_report r on r.relay_id = s.relay_id
            where s.app_id = :app and s.subject = :subject and r.seen_at >= :alive\
            """)
                .bind("app", app.value())
                .bind("subject", subject.value())
                .bind("alive", aliveSince())
                .mapTo(Integer.class)
                .one();
    }

    /// Takes a subject's name out of what silent relays told last. One that was only cut off tells all anew when
    /// it is heard again, so that what goes on there is known then.
    public void forget(AppId app, Subject subject) {
        for (String change : List.of("""
            update relay_report set sessions_taken = 0 where seen_at < :alive and relay_id in (
                select relay_id from live_session where app_id = :app and subject = :subject)\
            """, """
            delete from live_session where app_id = :app and subject = :subject and relay_id in (
                select relay_id from relay_report where seen_at < :alive)\
            """)) {
            handle.createUpdate(change)
                    .bind("app", app.value())
                    .bind("subject", subject.value())
                    .bind("alive", aliveSince())
                    .execute();
        }
    }

    /// Who is in a call at the living relays of a pool, each once.
    ///
    /// @param most sessions that are looked at
    public Map<AppId, Set<Subject>> subjects(String pool, Collection<AppId> apps, int most) {
        Map<AppId, Set<Subject>> subjects = new HashMap<>();
        if (!apps.isEmpty()) {
            handle.createQuery("""
                select s.app_id, s.subject from live_session s join relay on relay.id = s.relay_id
                join relay_report r on r.relay_id = s.relay_id
                where s.app_id in (<apps>) and relay.pool_id = :pool and r.seen_at >= :alive limit :most\
                """)
                    .bindList("apps", InList.of(apps.stream().map(AppId::value).toList()))
                    .bind("pool", pool)
                    .bind("alive", aliveSince())
                    .bind("most", most)
                    .map((row, context) -> subjects.computeIfAbsent(
                                    new AppId(row.getString("app_id")), first -> new LinkedHashSet<>())
                            .add(new Subject(row.getString("subject"))))
                    .list();
        }
        return subjects;
    }

    /// How many sessions of an app at living relays are one more of a subject that has another.
    public long countAgain(AppId app) {
        return handle.createQuery("""
            select count(*) - count(distinct s.subject) from live_session s
            join relay_report r on r.relay_id = s.relay_id where s.app_id = :app and r.seen_at >= :alive\
            """)
                .bind("app", app.value())
                .bind("alive", aliveSince())
                .mapTo(Long.class)
                .one();
    }

    private long aliveSince() {
        return now.minus(RelayTable.SILENCE).toEpochMilli();
    }

    private void write(UUID relay, List<LiveSession> sessions) {
        if (sessions.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
            merge into live_session as s
            using (values (cast(:id as uuid), cast(:relay as uuid), cast(:number as bigint),
                cast(:app as varchar(64)), cast(:subject as varchar(128)), cast(:ingresses as varchar(200)),
                cast(:client as varchar(49)), cast(:reached as varchar(1000)), cast(:began as bigint), cast(:expiresAt as bigint),
                cast(:toPeer as bigint), cast(:toClient as bigint)))
            as n (id, relay_id, session_number, app_id, subject, ingresses, client, reached, began_at,
                credential_expires_at, bytes_to_peer, bytes_to_client)
            on s.relay_id = n.relay_id and s.session_number = n.session_number
            when matched then update set ingresses = n.ingresses, reached = n.reached,
                credential_expires_at = n.credential_expires_at, bytes_to_peer = n.bytes_to_peer,
                bytes_to_client = n.bytes_to_client
            when not matched then insert (id, relay_id, session_number, app_id, subject, ingresses, client,
                reached, began_at, credential_expires_at, bytes_to_peer, bytes_to_client)
            values (n.id, n.relay_id, n.session_number, n.app_id, n.subject, n.ingresses, n.client,
                n.reached, n.began_at, n.credential_expires_at, n.bytes_to_peer, n.bytes_to_client)\
            """);
        for (LiveSession session : sessions) {
            batch.bind("id", ids.next())
                    .bind("relay", relay)
                    .bind("number", session.number())
                    .bind("app", session.app().value())
                    .bind("subject", session.subject().value())
                    .bind("ingresses", String.join(",", session.ingresses()))
                    .bind("client", session.client().toString())
                    .bind(
                            "reached",
                            session.reached().stream()
                                    .map(Endpoint::toString)
                                    .sorted()
                                    .collect(Collectors.joining(",")))
                    .bind("began", session.began().toEpochMilli())
                    .bind(
                            "expiresAt",
                            session.credentialExpiresAt()
                                    .map(Instant::toEpochMilli)
                                    .orElse(null))
                    .bind("toPeer", session.bytesToPeer())
                    .bind("toClient", session.bytesToClient())
                    .add();
        }
        batch.execute();
    }

    private void remove(UUID relay, List<Long> numbers) {
        if (numbers.isEmpty()) {
            return;
        }
        handle.createUpdate("delete from live_session where relay_id = :relay and session_number in (<numbers>)")
                .bind("relay", relay)
                .bindList("numbers", numbers)
                .execute();
    }

    private static KnownSession read(ResultSet row) throws SQLException {
        long expiresAt = row.getLong("credential_expires_at");
        Optional<Instant> expiry = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresAt));
        return new KnownSession(
                row.getObject("id", UUID.class),
                row.getString("name"),
                new Region(row.getString("region")),
                new LiveSession(
                        row.getLong("session_number"),
                        new AppId(row.getString("app_id")),
                        new Subject(row.getString("subject")),
                        List.of(row.getString("ingresses").split(",", -1)),
                        Cidr.parse(row.getString("client")),
                        Stream.of(row.getString("reached").split(",", -1))
                                .filter(place -> !place.isEmpty())
                                .map(Endpoint::parse)
                                .collect(Collectors.toSet()),
                        Instant.ofEpochMilli(row.getLong("began_at")),
                        expiry,
                        row.getLong("bytes_to_peer"),
                        row.getLong("bytes_to_client")));
    }
}
