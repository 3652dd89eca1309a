package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// The form of what was agreed with an app, sent as a browser would that shows it.
class AppFormTest {
    /// Everything that a new app has otherwise.
    private static final String UNUSUAL = """
        {"id": "odd", "contact": " Eve & \\"Söhne\\" <eve@example.com> ",
         "quota": {"sessions": 7, "kbitPerSecond": 12345, "allocationsPerSubject": 3},
         "regions": {"rule": "exclude", "names": ["cn", "us-east"]}, "carriers": ["zeta", "alpha"],
         "pools": ["zulu", "alpha"],
         "entry": {"domain": "in.example.com", "ips": ["203.0.113.9", "2001:db8::9"], "port": 8443},
         "policy": {"mode": "TCP", "probeTimeoutMillis": 777, "cellularStaysDirect": true},
         "destinations": [
           {"cidr": "2001:db8::/32", "ports": ["443", "1000-2000"], "protocols": ["udp"]},
           {"host": "sfu.example.com", "ports": ["1-65535"], "protocols": ["tcp"]},
           {"cidr": "198.51.100.7/32", "ports": ["3478"], "protocols": ["udp", "tcp"]}],
         "clients": ["192.0.2.0/24"], "sdkMinimumVersion": "1.2.3", "leaseSeconds": 120}\
        """;

    private final ConsoleUnderTest console = new ConsoleUnderTest();

    @BeforeEach
    void makePools() {
        for (String pool : new String[] {"alpha", "mike", "zulu"}) {
            console.api("POST", "/v1/pools", "{\"id\": \"" + pool + "\", \"kind\": \"production\"}");
        }
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void anAppThatIsSavedWithoutAChangeIsAsItWas() {
        console.api("POST", "/v1/apps", UNUSUAL);
        ObjectNode before = settings("odd");
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps/odd"), "Change it").send(admin).expect(303);

        assertThat(settings("odd")).isEqualTo(before);
    }

    @Test
    void anAppOfADefaultIsSavedAsItWas() {
        console.api("POST", "/v1/apps", "{\"id\": \"plain\", \"contact\": \"eve\"}");
        ObjectNode before = settings("plain");
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps/plain"), "Change it").send(admin).expect(303);

        assertThat(settings("plain")).isEqualTo(before);
    }

    @Test
    void theRuleOfTheRegionsIsChosen() {
        console.api("POST", "/v1/apps", UNUSUAL);
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .with("regionRule", "include")
                .with("allocationsPerSubject", "5")
                .send(admin)
                .expect(303);

        assertThat(settings("odd").at("/regions/rule").asString()).isEqualTo("include");
        assertThat(settings("odd").at("/quota/allocationsPerSubject").asInt()).isEqualTo(5);
        assertThat(settings("odd").at("/quota/kbitPerSecond").asInt()).isEqualTo(12_345);
    }

    /// A form of before the choice does not say which is meant.
    @Test
    void regionsWithoutARuleAreRefused() {
        console.api("POST", "/v1/apps", UNUSUAL);
        ObjectNode before = settings("odd");
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .without("regionRule")
                .send(admin)
                .expect(400);

        assertThat(settings("odd")).isEqualTo(before);
    }

    @Test
    void theRequestForAnAppMayLeaveRegionsOut() {
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps"), "Take it in")
                .with("id", "far")
                .with("contact", "eve")
                .with("regions", "cn, us")
                .with("regionRule", "exclude")
                .send(admin)
                .expect(303);

        assertThat(settings("far").at("/regions")).hasToString("{\"rule\":\"exclude\",\"names\":[\"cn\",\"us\"]}");
        assertThat(settings("far").at("/quota/allocationsPerSubject").asInt()).isEqualTo(24);
    }

    @Test
    void poolsThatStayKeepTheirPlaceAndAnotherComesLast() {
        console.api("POST", "/v1/apps", UNUSUAL);
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .and("pools", "mike")
                .send(admin)
                .expect(303);
        assertThat(settings("odd").at("/pools")).hasToString("[\"zulu\",\"alpha\",\"mike\"]");

        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .without("pools")
                .and("pools", "mike")
                .and("pools", "zulu")
                .send(admin)
                .expect(303);
        assertThat(settings("odd").at("/pools")).hasToString("[\"zulu\",\"mike\"]");

        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .without("pools")
                .send(admin)
                .expect(303);
        assertThat(settings("odd").at("/pools")).isEmpty();
    }

    @Test
    void aPoolThatWaitsIsShownWithItsDayAndUsedAtOnceInAnEmergency() {
        console.api("POST", "/v1/apps", UNUSUAL);
        console.api("POST", "/v1/apps/odd/activate", "");
        String token = console.api("POST", "/v1/join-tokens", "{\"pool\": \"zulu\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
        console.api("POST", "/link/join", "", """
            {"joinToken": "%s", "name": "r1", "endpoints": [{"address": "203.0.113.7", "port": 443, "transports": ["udp"]}]}\
            """.formatted(token), 201);
        Browser admin = console.admin();

        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .and("pools", "mike")
                .send(admin)
                .expect(303);

        assertThat(settings("odd").at("/announcedPools/0/pool").asString()).isEqualTo("mike");
        assertThat(admin.get("/apps/odd").body()).contains("zulu, alpha, mike<span class=\"quiet\"> in leases from ");
        FormAsShown.on(admin.get("/apps/odd"), "Change it")
                .with("emergency", "zulu burns")
                .send(admin)
                .expect(303);
        assertThat(settings("odd").has("announcedPools")).isFalse();
        assertThat(admin.get("/apps/odd").body()).doesNotContain("in leases from");
        assertThat(admin.get("/audit").body()).contains("app.change.emergency", "zulu burns");
    }

    @Test
    void anAppsOwnPoolsAreOfferedHoweverManyThereAreOfOthers() {
        console.api("POST", "/v1/apps", "{\"id\": \"other\", \"contact\": \"bob\"}");
        for (int i = 0; i < 101; i++) {
            String owner = i < 50 ? "\"kind\": \"trial\"" : "\"kind\": \"production\", \"owner\": \"other\"";
            console.api("POST", "/v1/pools", "{\"id\": \"a-%03d\", %s}".formatted(i, owner));
        }
        console.api("POST", "/v1/apps", UNUSUAL);
        ObjectNode before = settings("odd");
        Browser admin = console.admin();

        FormAsShown form = FormAsShown.on(admin.get("/apps/odd"), "Change it");
        form.send(admin).expect(303);

        assertThat(form.values("pools")).containsExactly("zulu", "alpha");
        assertThat(settings("odd")).isEqualTo(before);
        assertThat(admin.get("/apps/odd").body())
                .contains("value=\"mike\"")
                .doesNotContain("value=\"a-0", "There are more pools");
    }

    @Test
    void ofMorePoolsThanFitThePageSaysSoAndHasTheAppsOwn() {
        for (int i = 0; i < 101; i++) {
            console.api("POST", "/v1/pools", "{\"id\": \"a-%03d\", \"kind\": \"production\"}".formatted(i));
        }
        console.api("POST", "/v1/apps", UNUSUAL);
        Browser admin = console.admin();

        ConsoleUnderTest.Answer page = admin.get("/apps/odd");

        assertThat(FormAsShown.on(page, "Change it").values("pools")).containsExactly("zulu", "alpha");
        assertThat(page.body()).contains("value=\"a-099\"", "There are more pools than are shown");
    }

    private ObjectNode settings(String app) {
        ObjectNode settings = (ObjectNode) console.api("GET", "/v1/apps/" + app, "");
        settings.remove("revision");
        settings.remove("changedAt");
        return settings;
    }
}
