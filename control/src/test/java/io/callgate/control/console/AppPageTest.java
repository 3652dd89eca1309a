package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an app's page says that clients enter by.
class AppPageTest {
    /// Numbers from and to, pool, and until when, in milliseconds.
    private static final String ADDRESSES = """
        insert into pool_address (id, pool_id, cidr, first_port, last_port, transports, region, purpose, valid_from,
            valid_until)
        select cast(lpad(cast("X" as varchar), 32, '0') as uuid), '%3$s', '203.0.113.' || "X" || '/32', 443, 443, 'udp',
            'eu', 'media', 0, %4$s
        from system_range(%1$d, %2$d)\
        """;

    private final ConsoleUnderTest console = new ConsoleUnderTest();

    @BeforeEach
    void makeApp() {
        console.api("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
        console.api("POST", "/v1/apps", "{\"id\": \"demo\", \"contact\": \"eve\", \"pools\": [\"main\"]}");
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void anAppOnTrialEntersByTheTrialPoolHoweverManyOthersThereAre() {
        for (int i = 100; i < 160; i++) {
            console.api("POST", "/v1/pools", "{\"id\": \"p" + i + "\", \"kind\": \"production\"}");
        }
        console.api("POST", "/v1/pools", "{\"id\": \"trial\", \"kind\": \"trial\"}");
        console.execute(ADDRESSES.formatted(1, 1, "main", "null"));
        console.execute(ADDRESSES.formatted(2, 2, "trial", "null"));
        console.api("POST", "/v1/apps/demo/trial", "");

        String page = console.admin().get("/apps/demo").expect(200).body();

        assertThat(page)
                .contains("<li><code>203.0.113.2:443</code></li>")
                .doesNotContain("203.0.113.1:443", "no relay stands");
    }

    @Test
    void addressesThatHaveEndedHideNoOther() {
        console.execute(ADDRESSES.formatted(1, 60, "main", "1"));
        console.execute(ADDRESSES.formatted(61, 61, "main", "null"));

        String page = console.admin().get("/apps/demo").expect(200).body();

        assertThat(page)
                .contains("<li><code>203.0.113.61:443</code></li>")
                .doesNotContain("203.0.113.1:443", "no relay stands");
    }

    @Test
    void ofManyAddressesItSaysHowManyMoreThereAre() {
        console.execute(ADDRESSES.formatted(1, 60, "main", "null"));

        String page = console.admin().get("/apps/demo").expect(200).body();

        assertThat(page)
                .contains("203.0.113.50:443", "<a href=\"/allowlist?app=demo\">10 more: see the allowlist</a>")
                .doesNotContain("203.0.113.51:443");
    }
}
