package io.callgate.rtc.janus;

import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.MediaEnd;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What this user sends. Used by one thread at a time.
final class Publisher {
    private static final Duration TO_CONNECT = Duration.ofSeconds(6);
    private static final Duration TO_MOVE = Duration.ofSeconds(3);

    private final MediaStack media;
    private final LongSupplier nanos;
    private final Function<TransportPlan, IceSetup> ice;
    private final Consumer<String> onLost;
    private @Nullable Publication publication;
    private volatile @Nullable MediaEnd end;

    Publisher(MediaStack media, LongSupplier nanos, Function<TransportPlan, IceSetup> ice, Consumer<String> onLost) {
        this.media = media;
        this.nanos = nanos;
        this.ice = ice;
        this.onLost = onLost;
    }

    /// @param display what others are told
    void publish(JanusHandle handle, TransportPlan plan, Publication what, String display) {
        MediaEnd made = new MediaEnd(handle, onLost);
        try {
            made.begin(media.sender(ice.apply(plan), made));
            end = made;
            publication = what;
            made.link().send(what.audio(), what.video());
            String offer = made.link().offer(false);
            ObjectNode body = JanusLink.node().put("request", "publish").put("display", display);
            JanusHandle.Answer answer = handle.message(body, "offer", offer).orThrow();
            made.link().answered(answer.sdp());
            if (!made.awaitPath(plan, TO_CONNECT, nanos)) {
                throw made.noPath("what is sent");
            }
        } catch (RuntimeException e) {
            cut();
            throw e;
        }
    }

    boolean isThere() {
        return publication != null;
    }

    /// Begins to move to another plan while the connection stands.
    ///
    /// @return false if Janus does not want to; then only a new connection helps
    boolean beginMove(JanusHandle handle, TransportPlan plan) {
        MediaEnd moved = end;
        if (moved == null) {
            return publication == null;
        }
        moved.link().configure(ice.apply(plan));
        String offer = moved.link().offer(true);
        JanusHandle.Answer answer = handle.message(JanusLink.node().put("request", "configure"), "offer", offer);
        if (answer.errorCode() != 0) {
            return false;
        }
        moved.link().answered(answer.sdp());
        return true;
    }

    /// @return false if the connection stays where it is; then only a new one helps
    boolean awaitMoved(TransportPlan plan) {
        MediaEnd moved = end;
        return moved == null || moved.awaitPath(plan, TO_MOVE, nanos);
    }

    /// Publishes again what is published, by a new connection.
    void rebuild(JanusHandle handle, TransportPlan plan, String display) {
        Publication same = publication;
        if (same == null) {
            return;
        }
        cut();
        handle.message(JanusLink.node().put("request", "unpublish")); // an error says that it was not published
        publish(handle, plan, same, display);
    }

    /// At once; Janus learns of it by silence, or by what is said next. What was published is remembered.
    void cut() {
        MediaEnd cut = end;
        end = null;
        if (cut != null) {
            cut.close();
        }
    }

    void forget() {
        cut();
        publication = null;
    }

    Optional<Publication> publication() {
        return Optional.ofNullable(publication);
    }

    Optional<LinkStats> statistics() {
        MediaEnd of = end;
        return of == null ? Optional.empty() : of.statistics();
    }
}
