package io.callgate.relay.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.Subject;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.NameResolver.Asker;
import org.junit.jupiter.api.Test;

/// Who may have how many look-ups under way.
class LookupsTest {
    private static final Asker RULES = new Asker.Rules();

    private final Lookups lookups = new Lookups();

    @Test
    void aSubjectHasItsLimitAndLeavesTheRestToOthers() {
        assertThat(begun(client("demo", "bob"))).isEqualTo(Lookups.MOST_OF_SUBJECT);

        assertThat(lookups.begin(client("demo", "bob"))).isEqualTo(DropReason.LOOKUP_QUOTA);
        assertThat(lookups.begin(client("demo", "carol"))).isNull();
        assertThat(lookups.begin(client("other", "bob"))).isNull();
    }

    @Test
    void anAppHasItsLimitAndLeavesTheRestToOthers() {
        assertThat(begunBy("demo")).isEqualTo(Lookups.MOST_OF_APP);

        assertThat(lookups.begin(client("demo", "newcomer"))).isEqualTo(DropReason.LOOKUP_QUOTA);
        assertThat(lookups.begin(client("other", "newcomer"))).isNull();
    }

    @Test
    void allClientsTogetherLeaveAShareToTheRelaysOwnRules() {
        int ofApps = 0;
        for (int app = 0; ofApps < Lookups.MOST_OF_CLIENTS; app++) {
            ofApps += begunBy("app" + app);
        }
        assertThat(lookups.begin(client("newcomer", "bob"))).isEqualTo(DropReason.LOOKUPS_BUSY);

        assertThat(begun(RULES)).isEqualTo(Lookups.MOST - Lookups.MOST_OF_CLIENTS);
        assertThat(lookups.begin(RULES)).isEqualTo(DropReason.LOOKUPS_BUSY);
    }

    @Test
    void theRelaysOwnRulesMayHaveAll() {
        assertThat(begun(RULES)).isEqualTo(Lookups.MOST);

        assertThat(lookups.begin(client("demo", "bob"))).isEqualTo(DropReason.LOOKUPS_BUSY);
    }

    @Test
    void whatHasEndedIsFreeForEveryone() {
        int ofApp = begunBy("demo");
        lookups.end(client("demo", "subject0"));

        assertThat(lookups.begin(client("demo", "newcomer"))).isNull();
        assertThat(lookups.begin(client("demo", "subject0")))
                .as("%d of the app", ofApp)
                .isEqualTo(DropReason.LOOKUP_QUOTA);
        lookups.end(client("demo", "newcomer"));
        assertThat(lookups.begin(client("demo", "subject0"))).isNull();
    }

    private int begunBy(String app) {
        int count = 0;
        int ofSubject = Lookups.MOST_OF_SUBJECT;
        for (int subject = 0; ofSubject == Lookups.MOST_OF_SUBJECT; subject++) {
            ofSubject = begun(client(app, "subject" + subject));
            count += ofSubject;
        }
        return count;
    }

    private int begun(Asker asker) {
        int count = 0;
        while (lookups.begin(asker) == null) {
            count++;
        }
        return count;
    }

    private static Asker client(String app, String subject) {
        return new Asker.Client(new AppId(app), new Subject(subject));
    }
}
