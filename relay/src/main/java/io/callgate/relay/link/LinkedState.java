package io.callgate.relay.link;

import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import io.callgate.model.SpecialRanges;
import io.callgate.model.TimeSource;
import io.callgate.relay.RelayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a linked relay serves: its own file and what control said last, put together and applied whole. What
/// cannot be applied changes nothing, and the reason is kept for the next heartbeat. Safe on every thread.
final class LinkedState {
    private static final Logger log = LoggerFactory.getLogger(LinkedState.class);
    private static final int LONGEST_REFUSAL = 1000;

    private final LinkMemory memory;
    private final TimeSource time;
    private DesiredState own;
    private LinkState inForce;
    private boolean hasState;

    /// The last that control sent, taken or not: asked for again, it would come again at once.
    private long seen;

    private Optional<String> refusal = Optional.empty();
    private List<String> closed = List.of();
    private boolean isKept = true;
    private Consumer<DesiredState> relay = state -> {};

    private LinkedState(DesiredState own, LinkState start, boolean hasState, LinkMemory memory, TimeSource time) {
        this.own = own;
        this.inForce = start;
        this.hasState = hasState;
        this.seen = start.version();
        this.memory = memory;
        this.time = time;
    }

    /// Begins with what is kept from before; a memory that cannot be read is as none, and told.
    static LinkedState recall(DesiredState own, LinkMemory memory, TimeSource time) {
        try {
            Optional<String> kept = memory.recall(LinkMemory.Part.STATE);
            if (kept.isPresent()) {
                LinkState state = LinkStateJson.parse(kept.get()).keepingRevocationsOf(LinkState.NONE, time.now());
                own.under(state); // what a newer version of ours refuses is not served either
                return new LinkedState(own, state, true, memory, time);
            }
        } catch (IOException | IllegalArgumentException e) {
            log.atWarn().addKeyValue("cause", String.valueOf(e.getMessage())).log("link.state.unreadable");
        }
        return new LinkedState(own, LinkState.NONE, false, memory, time);
    }

    /// @param applier takes a state whole or throws [RelayException]
    synchronized void feed(Consumer<DesiredState> applier) {
        relay = applier;
        rememberClosed(inForce);
    }

    synchronized DesiredState desired() {
        return own.under(inForce);
    }

    /// Whether control's word, of now or of before, is in force.
    synchronized boolean hasState() {
        return hasState;
    }

    synchronized long version() {
        return inForce.version();
    }

    synchronized long seen() {
        return seen;
    }

    /// What is not in force of what control wants, and why; for the operator.
    synchronized Optional<String> refusal() {
        if (refusal.isPresent() || closed.isEmpty()) {
            return refusal;
        }
        return Optional.of(
                shortened("in force, but these stay closed, for the relay's own file does not name them under"
                        + " controlMayOpen: " + String.join(", ", closed)));
    }

    /// The relay's own file has changed.
    ///
    /// @throws RelayException with every problem; nothing has changed then
    synchronized void become(DesiredState next) {
        relay.accept(next.under(inForce));
        own = next;
        rememberClosed(inForce);
        if (refusal.isPresent()) {
            seen = inForce.version(); // what did not fit the old file may fit this one
        }
    }

    /// Control has said what it wants.
    ///
    /// @return whether it could be read; if not, another time it may
    synchronized boolean take(String text) {
        LinkState next;
        try {
            next = LinkStateJson.parse(text);
        } catch (IllegalArgumentException e) {
            refuse(String.valueOf(e.getMessage()));
            return false;
        }
        seen = next.version();
        LinkState whole = next.keepingRevocationsOf(inForce, time.now());
        try {
            if (!hasState || !whole.saysTheSameAs(inForce)) {
                relay.accept(own.under(whole));
            }
        } catch (RelayException e) {
            refuse(String.join("; ", e.problems()));
            return true;
        } catch (IllegalArgumentException e) {
            refuse(String.valueOf(e.getMessage()));
            return true;
        }
        inForce = whole;
        hasState = true;
        refusal = Optional.empty();
        rememberClosed(whole);
        keep(whole);
        return true;
    }

    private void refuse(String reason) {
        Optional<String> shown = Optional.of(shortened(reason));
        if (!refusal.equals(shown)) {
            log.atWarn()
                    .addKeyValue("version", seen)
                    .addKeyValue("keepsVersion", inForce.version())
                    .addKeyValue("cause", reason)
                    .log("link.state.refused");
        }
        refusal = shown;
    }

    private void keep(LinkState state) {
        try {
            memory.keep(LinkMemory.Part.STATE, LinkStateJson.write(state).toString());
            isKept = true;
        } catch (IOException e) {
            if (isKept) {
                log.atWarn()
                        .addKeyValue("cause", String.valueOf(e.getMessage()))
                        .log("link.state.not.kept");
            }
            isKept = false;
        }
    }

    private void rememberClosed(LinkState state) {
        List<String> now = closedIn(state, own.controlMayOpen());
        if (!now.isEmpty() && !now.equals(closed)) {
            log.atWarn().addKeyValue("destinations", now).log("link.destinations.closed");
        }
        closed = now;
    }

    /// Rules for special ranges that the relay's own file does not leave to control.
    static List<String> closedIn(LinkState state, List<Cidr> mayOpen) {
        List<String> closed = new ArrayList<>();
        for (AppState app : state.apps()) {
            for (DestinationRule rule : app.destinations()) {
                if (rule instanceof DestinationRule.ToNetwork network
                        && SpecialRanges.enclosing(network.cidr()).isPresent()
                        && mayOpen.stream().noneMatch(network.cidr()::isInside)) {
                    closed.add(network.cidr() + " of app " + app.id());
                }
            }
        }
        return closed;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_REFUSAL ? text : text.substring(0, LONGEST_REFUSAL - 1) + "…";
    }
}
