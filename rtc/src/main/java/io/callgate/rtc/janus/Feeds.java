package io.callgate.rtc.janus;

import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceListener;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Who is in the room, and what they send, as Janus tells it; told on as users and streams.
///
/// In the `display` a stream's name stands behind the user's, with a separator that no name may hold; where
/// there is none, both are the same, as with clients of other makes. Guarded by itself.
final class Feeds {
    private static final char SEPARATOR = '\u001F';

    private final ServiceListener listener;
    private final Map<Long, String> users = new LinkedHashMap<>();
    private final Map<Long, RemoteStream> streams = new LinkedHashMap<>();

    Feeds(ServiceListener listener) {
        this.listener = listener;
    }

    static String display(String user, String stream) {
        return stream.isEmpty() || stream.equals(user) ? user : user + SEPARATOR + stream;
    }

    /// What comes with an answer or an event of the handle that is in the room.
    synchronized void take(JsonNode data) {
        for (JsonNode attendee : data.path("attendees")) {
            joined(attendee);
        }
        if (data.has("joining")) {
            joined(data.path("joining"));
        }
        for (JsonNode publisher : data.path("publishers")) {
            published(publisher);
        }
    }

    private void joined(JsonNode who) {
        long id = who.path("id").asLong();
        String user = part(who, 0);
        if (users.put(id, user) == null) {
            listener.onUserJoined(user);
        }
    }

    private void published(JsonNode publisher) {
        long id = publisher.path("id").asLong();
        joined(publisher);
        boolean audio = false;
        boolean video = false;
        for (JsonNode stream : publisher.path("streams")) {
            boolean isOn = !stream.path("disabled").asBoolean(false);
            audio |= isOn && stream.path("type").asString("").equals("audio");
            video |= isOn && stream.path("type").asString("").equals("video");
        }
        RemoteStream now = new RemoteStream(part(publisher, 1), part(publisher, 0), audio, video);
        RemoteStream before = streams.put(id, now);
        if (before == null) {
            listener.onStreamAdded(now);
        }
    }

    private static String part(JsonNode who, int index) {
        String display = who.path("display").asString("");
        if (display.isEmpty()) {
            return who.path("id").asString();
        }
        int separator = display.indexOf(SEPARATOR);
        if (separator < 0) {
            return display;
        }
        return index == 0 ? display.substring(0, separator) : display.substring(separator + 1);
    }

    /// @return whether there was a stream
    synchronized boolean unpublished(long id) {
        RemoteStream gone = streams.remove(id);
        if (gone != null) {
            listener.onStreamRemoved(gone);
        }
        return gone != null;
    }

    synchronized boolean left(long id) {
        boolean had = unpublished(id);
        String user = users.remove(id);
        if (user != null) {
            listener.onUserLeft(user);
        }
        return had;
    }

    /// The id of a stream's feed. Of two with one name, the younger.
    synchronized Optional<Long> find(String name) {
        Long found = null;
        for (Map.Entry<Long, RemoteStream> each : streams.entrySet()) {
            if (each.getValue().name().equals(name)) {
                found = each.getKey();
            }
        }
        return Optional.ofNullable(found);
    }

    /// After the room was entered anew: takes off what is not there any more.
    ///
    /// @return the ids of what was taken off
    synchronized List<Long> keepOnly(JsonNode data) {
        List<Long> gone = new ArrayList<>();
        List<Long> now = new ArrayList<>();
        data.path("publishers").forEach(each -> now.add(each.path("id").asLong()));
        data.path("attendees").forEach(each -> now.add(each.path("id").asLong()));
        for (Long id : List.copyOf(users.keySet())) {
            if (!now.contains(id)) {
                left(id);
                gone.add(id);
            }
        }
        return gone;
    }

    /// After a time in which nobody listened: what has come and gone meanwhile.
    ///
    /// @param participants everybody, ourselves too, and whether they send; what they send is not said, and taken
    ///     for sound and pictures
    /// @return the ids of streams that are gone
    synchronized List<Long> keepUp(JsonNode participants, long ownId) {
        Set<Long> there = new HashSet<>();
        Set<Long> sending = new HashSet<>();
        for (JsonNode each : participants) {
            long id = each.path("id").asLong();
            there.add(id);
            if (each.path("publisher").asBoolean(false)) {
                sending.add(id);
            }
        }
        List<Long> gone = new ArrayList<>();
        for (Long id : List.copyOf(users.keySet())) {
            boolean hadStream = there.contains(id) ? !sending.contains(id) && unpublished(id) : left(id);
            if (hadStream) {
                gone.add(id);
            }
        }
        for (JsonNode each : participants) {
            long id = each.path("id").asLong();
            if (id == ownId) {
                continue;
            }
            joined(each);
            if (sending.contains(id) && !streams.containsKey(id)) {
                RemoteStream come = new RemoteStream(part(each, 1), part(each, 0), true, true);
                streams.put(id, come);
                listener.onStreamAdded(come);
            }
        }
        return gone;
    }
}
