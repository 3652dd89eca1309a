package io.callgate.rtc.live;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What one user sends and receives live. The engine's work thread calls, but for [#close].
final class LiveSession implements ServiceSession {
    private final LiveResource.Setup setup;
    private final String publishUrl;
    private final String playUrl;
    private final String user;
    private final Map<String, LiveResource> played = new ConcurrentHashMap<>();
    private volatile @Nullable LiveResource published;
    private TransportPlan plan;

    LiveSession(LiveResource.Setup setup, String publishUrl, String playUrl, String user, TransportPlan plan) {
        this.setup = setup;
        this.publishUrl = publishUrl;
        this.playUrl = playUrl;
        this.user = user;
        this.plan = plan;
    }

    @Override
    public void publish(Publication publication) {
        unpublish();
        String name = publication.name().isEmpty() ? user : publication.name();
        LiveResource made = LiveResource.sending(setup, LiveService.url(publishUrl, name), publication);
        open(made, "sending " + name);
        published = made;
    }

    @Override
    public void unpublish() {
        LiveResource old = published;
        published = null;
        if (old != null) {
            end(old);
        }
    }

    @Override
    public void subscribe(String name, StreamSinks sinks) {
        unsubscribe(name);
        LiveResource made = LiveResource.receiving(setup, LiveService.url(playUrl, name), sinks);
        open(made, "receiving " + name);
        played.put(name, made);
    }

    @Override
    public void unsubscribe(String name) {
        LiveResource old = played.remove(name);
        if (old != null) {
            end(old);
        }
    }

    private void open(LiveResource made, String what) {
        try {
            made.open(plan);
        } catch (ServiceException e) {
            made.delete(plan);
            throw e;
        } catch (MediaException e) {
            made.delete(plan);
            throw ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, what + ": " + e.getMessage(), e);
        }
    }

    private void end(LiveResource old) {
        old.cut();
        old.delete(plan);
    }

    private List<LiveResource> all() {
        List<LiveResource> all = new ArrayList<>(played.values());
        LiveResource sent = published;
        if (sent != null) {
            all.add(sent);
        }
        return all;
    }

    /// Each stream that does not go as the plan wants is set up anew. Where the old way is not allowed any more,
    /// everything on it is cut first.
    @Override
    public void apply(TransportPlan to) {
        boolean cutsFirst = to.isForced() && !plan.isForced();
        plan = to;
        if (cutsFirst) {
            all().forEach(LiveResource::cut);
        }
        for (LiveResource each : all()) {
            if (!each.isSound(to)) {
                each.cut();
                each.delete(to);
                open(each, "moving");
            }
        }
    }

    @Override
    public void reclaim(TransportPlan to) {
        apply(to);
    }

    @Override
    public List<LinkStats> statistics() {
        List<LinkStats> links = new ArrayList<>();
        all().forEach(each -> each.statistics().ifPresent(links::add));
        return links;
    }

    @Override
    public void leave() {
        all().forEach(LiveResource::cut);
        all().forEach(each -> each.delete(plan));
        close();
    }

    @Override
    public void close() {
        all().forEach(LiveResource::cut);
        played.clear();
        published = null;
    }
}
