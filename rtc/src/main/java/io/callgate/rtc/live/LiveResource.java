package io.callgate.rtc.live;

import io.callgate.client.net.HostPort;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.service.MediaEnd;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One stream that is sent or received: a resource at the server, and a connection of media. Used by one thread
/// at a time, but for [#cut].
final class LiveResource {
    private static final Duration TO_CONNECT = Duration.ofSeconds(6);
    private static final Duration TO_SAY_GOODBYE = Duration.ofSeconds(1);
    private static final int NOT_ACCEPTABLE = 406;

    private final Setup setup;
    private final String url;
    private final Optional<Publication> sent;
    private final StreamSinks sinks;
    private volatile @Nullable MediaEnd end;
    private Optional<String> location = Optional.empty();
    private long epoch; // of the plan that it was set up by

    /// What all streams of a session share.
    record Setup(
            LiveHttp http, MediaStack media, Optional<HostPort> stun, LongSupplier nanos, Consumer<String> onLost) {
        IceSetup ice(TransportPlan plan) {
            if (plan.isForced() || stun.isEmpty()) {
                return plan.ice();
            }
            List<IceSetup.Server> servers = new ArrayList<>(plan.ice().servers());
            servers.add(new IceSetup.Server(List.of("stun:" + stun.get()), "", ""));
            return new IceSetup(servers, false, true);
        }
    }

    private LiveResource(Setup setup, String url, Optional<Publication> sent, StreamSinks sinks) {
        this.setup = setup;
        this.url = url;
        this.sent = sent;
        this.sinks = sinks;
    }

    static LiveResource sending(Setup setup, String url, Publication publication) {
        return new LiveResource(setup, url, Optional.of(publication), StreamSinks.of(chunk -> {}, frame -> {}));
    }

    static LiveResource receiving(Setup setup, String url, StreamSinks sinks) {
        return new LiveResource(setup, url, Optional.empty(), sinks);
    }

    /// Sets it up, also anew.
    void open(TransportPlan plan) {
        epoch = plan.epoch();
        try {
            if (sent.isPresent()) {
                publish(sent.get(), plan);
            } else {
                play(plan);
            }
        } catch (RuntimeException e) {
            cut();
            throw e;
        }
    }

    private void publish(Publication publication, TransportPlan plan) {
        Gathering candidates = new Gathering();
        MediaEnd made = new MediaEnd(candidates, setup.onLost());
        PeerLink link = begin(made, setup.media().sender(setup.ice(plan), made));
        link.send(publication.audio(), publication.video());
        LiveHttp.Reply reply = post(candidates.into(link.offer(false)), plan);
        if (!reply.isDone()) {
            throw setup.http().refusal(reply, "sending");
        }
        link.answered(reply.body());
        await(made, plan, "what is sent");
    }

    private void play(TransportPlan plan) {
        Gathering candidates = new Gathering();
        MediaEnd made = receiver(candidates, plan);
        made.link().receive();
        LiveHttp.Reply reply = post(candidates.into(made.link().offer(false)), plan);
        if (reply.status() == NOT_ACCEPTABLE && reply.body().startsWith("v=")) {
            made.close();
            made = answer(reply.body(), plan);
        } else if (reply.isDone()) {
            made.link().answered(reply.body());
        } else {
            throw setup.http().refusal(reply, "receiving");
        }
        await(made, plan, "what is received");
    }

    /// The server would rather offer itself: a fresh connection, as this one's offer stands.
    private MediaEnd answer(String counterOffer, TransportPlan plan) {
        Gathering candidates = new Gathering();
        MediaEnd made = receiver(candidates, plan);
        String answer = candidates.into(made.link().answer(counterOffer));
        String resource = location.orElseThrow(
                () -> ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, "a counter-offer without a Location"));
        LiveHttp.Reply reply = setup.http().send("PATCH", resource, answer, plan, LiveHttp.PATIENCE);
        if (!reply.isDone()) {
            throw setup.http().refusal(reply, "receiving");
        }
        return made;
    }

    private MediaEnd receiver(Gathering candidates, TransportPlan plan) {
        MediaEnd[] made = new MediaEnd[1];
        made[0] = new MediaEnd(candidates, setup.onLost(), (mid, kind) -> route(made[0], mid, kind));
        begin(made[0], setup.media().receiver(setup.ice(plan), made[0]));
        return made[0];
    }

    private PeerLink begin(MediaEnd made, PeerLink link) {
        made.begin(link);
        end = made;
        return link;
    }

    private void route(MediaEnd of, String mid, PeerLink.Kind kind) {
        if (kind == PeerLink.Kind.AUDIO) {
            of.link().hear(mid, sinks.audio());
        } else {
            of.link().watch(mid, sinks.video());
        }
    }

    private LiveHttp.Reply post(String offer, TransportPlan plan) {
        LiveHttp.Reply reply = setup.http().send("POST", url, offer, plan, LiveHttp.PATIENCE);
        location = reply.location();
        return reply;
    }

    private void await(MediaEnd made, TransportPlan plan, String what) {
        if (!made.awaitPath(plan, TO_CONNECT, setup.nanos())) {
            throw made.noPath(what);
        }
    }

    /// Whether it was set up by this very plan, and stands.
    boolean isSound(TransportPlan plan) {
        MediaEnd of = end;
        return of != null && epoch == plan.epoch() && of.awaitPath(plan, Duration.ZERO, setup.nanos());
    }

    /// The media at once; the server learns of it by [#delete] or by silence.
    void cut() {
        MediaEnd of = end;
        end = null;
        if (of != null) {
            of.close();
        }
    }

    /// Says goodbye to the server, by that way; a server that does not hear it forgets by itself.
    void delete(TransportPlan by) {
        Optional<String> resource = location;
        location = Optional.empty();
        if (resource.isEmpty()) {
            return;
        }
        try {
            setup.http().send("DELETE", resource.get(), "", by, TO_SAY_GOODBYE);
        } catch (ServiceException e) {
            return; // it is over for us
        }
    }

    Optional<LinkStats> statistics() {
        MediaEnd of = end;
        return of == null ? Optional.empty() : of.statistics();
    }
}
