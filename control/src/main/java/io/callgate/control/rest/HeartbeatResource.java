package io.callgate.control.rest;

import io.callgate.control.rest.Heartbeats.Heard;
import io.callgate.control.store.Store;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import java.util.List;

/// Hears relays, and answers each when what it told is kept.
final class HeartbeatResource {
    private final Store store;
    private final Reports reports;
    private final Heartbeats heartbeats = new Heartbeats();
    private final Together<Heard, HeartbeatAnswer> together;

    /// @param reports told of each
    HeartbeatResource(Store store, Reports reports) {
        this.store = store;
        this.reports = reports;
        this.together = new Together<>(
                store.time(),
                (one, other) -> one.relay().id().equals(other.relay().id()),
                this::take);
    }

    void addTo(Handlers handlers) {
        handlers.on("heartbeat", this::answer);
    }

    private Answer answer(Call call) {
        Heard heard = new Heard(call.relay(), Requests.read(call.body(), HeartbeatJson::read));
        return Answer.ok(HeartbeatJson.write(together.take(heard)));
    }

    private List<HeartbeatAnswer> take(List<Heard> all) {
        List<HeartbeatAnswer> answers = store.change("relays", transaction -> heartbeats.take(transaction, all));
        reports.onTaken();
        return answers;
    }
}
