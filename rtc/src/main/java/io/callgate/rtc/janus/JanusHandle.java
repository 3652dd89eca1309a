package io.callgate.rtc.janus;

import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.service.MediaEnd;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One handle to the VideoRoom plugin: at most one connection of media.
final class JanusHandle implements MediaEnd.Candidates {
    private final JanusSession session;
    private final long id;

    JanusHandle(JanusSession session, long id) {
        this.session = session;
        this.id = id;
    }

    /// What the plugin says.
    ///
    /// @param sdp of its offer or answer; empty if there is none
    /// @param errorCode 0 if it is none
    record Answer(JsonNode data, String sdp, int errorCode) {
        Answer orThrow() {
            if (errorCode != 0) {
                throw JanusErrors.of(errorCode, data.path("error").asString(""));
            }
            return this;
        }
    }

    Answer message(ObjectNode body) {
        return message(body, "", "");
    }

    /// @param sdpType `offer` or `answer`
    Answer message(ObjectNode body, String sdpType, String sdp) {
        ObjectNode request = JanusLink.node().put("handle_id", id);
        request.set("body", body);
        if (!sdp.isEmpty()) {
            request.putObject("jsep").put("type", sdpType).put("sdp", sdp);
        }
        JsonNode answer = session.request("message", request);
        JsonNode data = answer.path("plugindata").path("data");
        return new Answer(
                data,
                answer.path("jsep").path("sdp").asString(""),
                data.path("error_code").asInt(0));
    }

    /// Has Janus ask this sender for a whole picture; does not wait.
    void refreshPicture() {
        ObjectNode request = JanusLink.node().put("handle_id", id);
        request.putObject("body").put("request", "configure").put("keyframe", true);
        session.tell("message", request);
    }

    /// Has Janus ask all that this one receives for a whole picture: it does when what was paused goes on. Does
    /// not wait.
    void refreshReceived() {
        for (String verb : List.of("pause", "start")) {
            ObjectNode request = JanusLink.node().put("handle_id", id);
            request.putObject("body").put("request", verb);
            session.tell("message", request);
        }
    }

    @Override
    public void found(PeerLink.Candidate candidate) {
        ObjectNode request = JanusLink.node().put("handle_id", id);
        request.putObject("candidate")
                .put("sdpMid", candidate.mid())
                .put("sdpMLineIndex", candidate.index())
                .put("candidate", candidate.line());
        session.tell("trickle", request);
    }

    @Override
    public void complete() {
        ObjectNode request = JanusLink.node().put("handle_id", id);
        request.putObject("candidate").put("completed", true);
        session.tell("trickle", request);
    }

    /// Does not wait: a handle that is not detached ends with its session.
    void detach() {
        session.detached(id);
        session.tell("detach", JanusLink.node().put("handle_id", id));
    }
}
