package io.callgate.rtc.janus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.rtc.SystemTime;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FeedsTest implements ServiceListener {
    private static final String BOB = "{\"publishers\": [{\"id\": 7, \"display\": \"bob\", \"streams\":"
            + " [{\"type\": \"audio\"}, {\"type\": \"video\", \"disabled\": true}]}]}";

    private final List<String> told = new ArrayList<>();
    private final Feeds feeds = new Feeds(this);

    @Test
    void aPublisherIsAUserWithAStreamOfTheSameName() {
        feeds.take(json(BOB));
        feeds.take(json(BOB));

        assertThat(told).containsExactly("joined bob", "added bob of bob, audio true, video false");
        assertThat(feeds.find("bob")).hasValue(7L);
        assertThat(feeds.find("alice")).isEmpty();
    }

    @Test
    void aStreamWithANameOfItsOwnIsFoundByThat() {
        feeds.take(json("{\"publishers\": [{\"id\": 7, \"display\": \"%s\", \"streams\": []}]}"
                .formatted(Feeds.display("bob", "screen"))));

        assertThat(told).containsExactly("joined bob", "added screen of bob, audio false, video false");
        assertThat(feeds.find("screen")).hasValue(7L);
        assertThat(Feeds.display("bob", "")).isEqualTo("bob");
        assertThat(Feeds.display("bob", "bob")).isEqualTo("bob");
    }

    @Test
    void whoHasNoNameIsKnownByTheNumber() {
        feeds.take(json("{\"publishers\": [{\"id\": 7, \"streams\": []}]}"));

        assertThat(told).first().isEqualTo("joined 7");
    }

    @Test
    void whoLeavesTakesTheStreamAlong() {
        feeds.take(json(BOB));
        told.clear();

        assertThat(feeds.left(7)).isTrue();
        assertThat(feeds.left(7)).isFalse();

        assertThat(told).containsExactly("removed bob", "left bob");
    }

    @Test
    void whoOnlyListensIsAUserWithoutAStream() {
        feeds.take(json("{\"joining\": {\"id\": 8, \"display\": \"eve\"}}"));
        feeds.take(json("{\"attendees\": [{\"id\": 9, \"display\": \"mallory\"}]}"));

        assertThat(feeds.unpublished(8)).isFalse();
        assertThat(told).containsExactly("joined eve", "joined mallory");
    }

    @Test
    void afterEnteringAnewOnlyWhoIsThereStays() {
        feeds.take(json(BOB));
        feeds.take(json("{\"joining\": {\"id\": 8, \"display\": \"eve\"}}"));

        assertThat(feeds.keepOnly(json("{\"publishers\": [], \"attendees\": [{\"id\": 8}]}")))
                .containsExactly(7L);

        assertThat(told).endsWith("removed bob", "left bob");
    }

    @Test
    void aRoomIsItsNumberOrOneMadeOfItsName() {
        assertThat(JanusService.roomOf("1234")).isEqualTo(1234);
        assertThat(JanusService.roomOf("daily")).isEqualTo(JanusService.roomOf("daily"));
        assertThat(JanusService.roomOf("daily")).isNotEqualTo(JanusService.roomOf("weekly"));
        for (String name : List.of("daily", "0012", "12345678901234567890", "日")) {
            assertThat(JanusService.roomOf(name)).isBetween(1L, 1L << 53);
        }
    }

    @Test
    void onlyAWebSocketUrlIsTaken() {
        assertThatThrownBy(() -> JanusService.at("https://sfu.example.com/", SystemTime.CLOCK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://sfu.example.com/")
                .hasMessageContaining("want ws://");
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text.replace("\u001F", "\\u001f"));
    }

    @Override
    public void onUserJoined(String user) {
        told.add("joined " + user);
    }

    @Override
    public void onUserLeft(String user) {
        told.add("left " + user);
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        told.add("added " + stream.name() + " of " + stream.user() + ", audio " + stream.audio() + ", video "
                + stream.video());
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        told.add("removed " + stream.name());
    }

    @Override
    public void onSignallingLost(String why) {}

    @Override
    public void onMediaLost(String why) {}

    @Override
    public void onEnded(Ending ending, String why) {}
}
