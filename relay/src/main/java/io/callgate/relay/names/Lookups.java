package io.callgate.relay.names;

import io.callgate.model.AppId;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.NameResolver.Asker;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The look-ups under way, each on the account of whoever asked first: names whose servers are silent, as anybody
/// can make some, hold back neither other subjects nor other apps nor the relay's own rules. Confined to one
/// thread.
final class Lookups {
    static final int MOST = 256;

    /// What is left is for the relay's rules alone.
    static final int MOST_OF_CLIENTS = 192;

    static final int MOST_OF_APP = 64;

    /// More than a browser needs for the servers of a page.
    static final int MOST_OF_SUBJECT = 16;

    private final Map<Asker.Client, Integer> bySubject = new HashMap<>();
    private final Map<AppId, Integer> byApp = new HashMap<>();
    private int ofClients;
    private int all;

    /// Begins one.
    ///
    /// @return why not; null if it has begun
    @Nullable
    DropReason begin(Asker asker) {
        if (asker instanceof Asker.Client client) {
            if (bySubject.getOrDefault(client, 0) >= MOST_OF_SUBJECT
                    || byApp.getOrDefault(client.app(), 0) >= MOST_OF_APP) {
                return DropReason.LOOKUP_QUOTA;
            }
            if (ofClients >= MOST_OF_CLIENTS || all >= MOST) {
                return DropReason.LOOKUPS_BUSY;
            }
            bySubject.merge(client, 1, Integer::sum);
            byApp.merge(client.app(), 1, Integer::sum);
            ofClients++;
        } else if (all >= MOST) {
            return DropReason.LOOKUPS_BUSY;
        }
        all++;
        return null;
    }

    void end(Asker asker) {
        all--;
        if (asker instanceof Asker.Client client) {
            ofClients--;
            bySubject.computeIfPresent(client, Lookups::less);
            byApp.computeIfPresent(client.app(), Lookups::less);
        }
    }

    private static @Nullable Integer less(Object account, int count) {
        return count == 1 ? null : count - 1;
    }
}
