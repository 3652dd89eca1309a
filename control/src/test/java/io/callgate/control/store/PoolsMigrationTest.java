package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The pools of apps from before a pool was announced to them.
class PoolsMigrationTest {
    @ParameterizedTest
    @EnumSource
    void whatAnAppHadBeforeItGoesOnUsing(TestDatabase database) throws SQLException {
        StoreOptions options = database.another("pools");
        try (var connection = TestDatabase.connectAsOf("7", options);
                var statement = connection.createStatement()) {
            for (String rows : List.of("""
                app (id, state, revision, created_at, changed_at, settings) values ('led', 'ACTIVE', 1, 1, 1, '{}'),
                  ('rested', 'SUSPENDED', 1, 1, 1, '{}'), ('new', 'TRIAL', 1, 1, 1, '{}')\
                """, """
                pool (id, kind, created_at) values ('main', 'PRODUCTION', 1)\
                """, """
                app_pool (app_id, place, pool_id) values ('led', 0, 'main'), ('rested', 0, 'main'), ('new', 0, 'main')\
                """, """
                relay (id, name, pool_id, region, key_hash, joined_at, draining)
                  values ('01a20320-a200-700e-934e-15ba3aa02d4c', 'r1', 'main', 'eu', 'h', 1, false)\
                """, """
                pool_address (id, pool_id, relay_id, cidr, first_port, last_port, transports, region, purpose, valid_from)
                  values ('01a20320-a200-700e-934e-15ba3aa02d4b', 'main', '01a20320-a200-700e-934e-15ba3aa02d4c',
                  '203.0.113.1/32', 443, 443, 'udp', 'eu', 'media', 1)\
                """)) {
                statement.execute("insert into " + rows);
            }

            try (Store store = Store.open(options)) {
                assertThat(leads(store, "led")).isTrue();
                assertThat(leads(store, "rested")).isTrue();
                assertThat(leads(store, "new")).isFalse();
            }
        }
    }

    private static boolean leads(Store store, String app) {
        return store.read(transaction -> {
            App found = transaction.apps().find(new AppId(app)).orElseThrow();
            assertThat(transaction.pools().announcedTo(found)).isEmpty();
            return transaction.pools().leads(found.id());
        });
    }
}
