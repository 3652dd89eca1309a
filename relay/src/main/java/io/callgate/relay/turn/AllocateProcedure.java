package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.Sessions;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.TransportAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Serves an Allocate request of a proved client without an allocation (RFC 8656 §7.2). Confined to one loop.
final class AllocateProcedure {
    /// How many ports are tried that other programs of this host may sit on.
    private static final int BIND_TRIES = 16;

    private final TurnServer server;
    private final RelayLoop loop;
    private final TurnContext context;
    private final AllocationTable allocations;

    AllocateProcedure(TurnServer server, RelayLoop loop, TurnContext context, AllocationTable allocations) {
        this.server = server;
        this.loop = loop;
        this.context = context;
        this.allocations = allocations;
    }

    /// What came of the request.
    sealed interface Outcome {
        /// @param allocation in the table already
        record Made(Allocation allocation, Answer.Success answer) implements Outcome {}

        record Refused(Answer.Refused answer) implements Outcome {}
    }

    /// Which relayed addresses a request asks for.
    private record Wanted(
            boolean ipv4, boolean ipv6, Optional<Attribute.EvenPort> evenPort, Optional<Long> reservationToken) {
        boolean isDual() {
            return ipv4 && ipv6;
        }
    }

    Outcome serve(ClientPath client, Message request, RequestProof.Outcome.Proved user) {
        Optional<Attribute.RequestedTransport> transport = request.find(Attribute.RequestedTransport.class);
        if (transport.isEmpty()) {
            return new Outcome.Refused(Answer.Refused.badRequest("REQUESTED-TRANSPORT missing"));
        }
        if (transport.get().protocol() != Attribute.RequestedTransport.UDP) {
            return new Outcome.Refused(
                    new Answer.Refused(442, "Unsupported Transport Protocol", DropReason.UNEXPECTED_MESSAGE));
        }
        Optional<Answer.Refused> contradiction = contradictionIn(request);
        if (contradiction.isPresent()) {
            return new Outcome.Refused(contradiction.get());
        }
        Wanted wanted = wanted(request);
        Ingress ingress = client.isStream() ? Ingress.TURN_TCP : Ingress.TURN_UDP;
        Sessions.Entry entry =
                new Sessions.Entry(Sessions.Part.ALLOCATION, ingress, client.address(), client.reached());
        return switch (loop.grants().open(user.identity(), entry, loop.nowNanos())) {
            case Grants.Opening.Refused refused ->
                new Outcome.Refused(
                        switch (refused.kind()) {
                            case DRAINING -> Answer.Refused.noCapacity(refused.reason());
                            case LIMIT -> Answer.Refused.overQuota(refused.reason());
                            case UNWELCOME -> Answer.Refused.forbidden(refused.reason());
                        });
            case Grants.Opening.Granted granted -> allocate(client, request, user, wanted, granted.grant());
        };
    }

    private static Optional<Answer.Refused> contradictionIn(Message request) {
        boolean token = request.find(Attribute.ReservationToken.class).isPresent();
        Optional<Attribute.EvenPort> evenPort = request.find(Attribute.EvenPort.class);
        Optional<Attribute.RequestedAddressFamily> family = request.find(Attribute.RequestedAddressFamily.class);
        Optional<Attribute.AdditionalAddressFamily> additional = request.find(Attribute.AdditionalAddressFamily.class);
        if (token && (evenPort.isPresent() || family.isPresent() || additional.isPresent())) {
            return Optional.of(
                    Answer.Refused.badRequest("RESERVATION-TOKEN goes with no EVEN-PORT and no address family"));
        }
        if (family.isPresent() && additional.isPresent()) {
            return Optional.of(Answer.Refused.badRequest("two kinds of address family"));
        }
        if (additional.isPresent() && additional.get().family() != AddressFamily.IPV6) {
            return Optional.of(Answer.Refused.badRequest("ADDITIONAL-ADDRESS-FAMILY must be IPv6"));
        }
        if (additional.isPresent()
                && evenPort.map(Attribute.EvenPort::reserveNext).orElse(false)) {
            return Optional.of(Answer.Refused.badRequest("EVEN-PORT with R goes with one address family"));
        }
        if (family.isPresent()
                && family.get().family() != AddressFamily.IPV4
                && family.get().family() != AddressFamily.IPV6) {
            return Optional.of(Answer.Refused.familyUnsupported());
        }
        return Optional.empty();
    }

    private static Wanted wanted(Message request) {
        boolean dual = request.find(Attribute.AdditionalAddressFamily.class).isPresent();
        boolean ipv6 = dual
                || request.find(Attribute.RequestedAddressFamily.class)
                        .map(it -> it.family() == AddressFamily.IPV6)
                        .orElse(false);
        return new Wanted(
                dual || !ipv6,
                ipv6,
                request.find(Attribute.EvenPort.class),
                request.find(Attribute.ReservationToken.class).map(Attribute.ReservationToken::value));
    }

    private Outcome allocate(
            ClientPath client, Message request, RequestProof.Outcome.Proved user, Wanted wanted, Grant grant) {
        long now = loop.nowNanos();
        ClientPath kept = client instanceof ClientPath.Datagrams datagrams ? datagrams.keep() : client;
        Allocation allocation = new Allocation(context.nextAllocationId(), kept, grant, user, request.id(), now);
        List<Attribute> attributes = new ArrayList<>();
        Answer.Refused refusal = wanted.reservationToken().isPresent()
                ? relayReserved(allocation, wanted.reservationToken().get())
                : relayNew(allocation, wanted, attributes);
        if (refusal != null) {
            loop.grants().refused(grant, refusal.reason(), now);
            grant.endsBecause(EndReason.NOT_SERVED);
            loop.grants().close(grant, now);
            return new Outcome.Refused(refusal);
        }
        for (RelayedSocket relayed : allocation.relayed()) {
            attributes.add(new Attribute.XorRelayedAddress(transportAddress(
                    relayed.taken().address().publicAddress(), relayed.taken().port())));
        }
        long wantedSeconds = request.find(Attribute.Lifetime.class)
                .map(Attribute.Lifetime::seconds)
                .orElse(Allocation.DEFAULT_LIFETIME_SECONDS);
        attributes.add(new Attribute.Lifetime(allocation.renew(Math.max(1, wantedSeconds), now)));
        attributes.add(TurnRequests.mappedAddress(client));
        allocations.add(allocation);
        return new Outcome.Made(allocation, new Answer.Success(attributes));
    }

    /// @return why not, or null
    private Answer.@Nullable Refused relayReserved(Allocation allocation, long token) {
        Optional<RelayPorts.Taken> reserved =
                context.reservations().redeem(token, allocation.grant().identity(), loop.nowNanos());
        if (reserved.isEmpty()) {
            return new Answer.Refused(508, "Insufficient Capacity: no such reservation", DropReason.NO_PORTS);
        }
        return relay(allocation, reserved.get()) ? null : Answer.Refused.noCapacity(DropReason.NO_PORTS);
    }

    /// @param attributes takes RESERVATION-TOKEN and ADDRESS-ERROR-CODE
    /// @return why not, or null
    private Answer.@Nullable Refused relayNew(Allocation allocation, Wanted wanted, List<Attribute> attributes) {
        Grant grant = allocation.grant();
        boolean reserveNext =
                wanted.evenPort().map(Attribute.EvenPort::reserveNext).orElse(false);
        if (reserveNext
                && context.reservations().keptFor(grant.identity(), loop.nowNanos())
                        >= grant.app().state().limits().allocationsPerSubject()) {
            return Answer.Refused.overQuota(DropReason.ALLOCATION_QUOTA);
        }
        Answer.Refused ipv4 = wanted.ipv4() ? relayNew(allocation, false, wanted, attributes) : null;
        Answer.Refused ipv6 = wanted.ipv6() ? relayNew(allocation, true, wanted, attributes) : null;
        if (!wanted.isDual()) {
            return ipv4 != null ? ipv4 : ipv6;
        }
        if (ipv4 != null && ipv6 != null) {
            return ipv4;
        }
        // RFC 8656 §7.2: one family of two is a success that says what became of the other.
        if (ipv4 != null) {
            attributes.add(new Attribute.AddressErrorCode(AddressFamily.IPV4, ipv4.code(), ipv4.phrase()));
        }
        if (ipv6 != null) {
            attributes.add(new Attribute.AddressErrorCode(AddressFamily.IPV6, ipv6.code(), ipv6.phrase()));
        }
        return null;
    }

    private Answer.@Nullable Refused relayNew(
            Allocation allocation, boolean ipv6, Wanted wanted, List<Attribute> attributes) {
        Optional<RelayPorts.Holdings> address =
                context.ports().choose(ipv6, allocation.client().listener().address());
        if (address.isEmpty()) {
            return Answer.Refused.familyUnsupported();
        }
        for (int tries = 0; tries < BIND_TRIES; tries++) {
            Optional<RelayPorts.Taken> taken = wanted.evenPort()
                    .map(even -> context.ports()
                            .takeEven(address.get(), allocation.grant().app(), even.reserveNext()))
                    .orElseGet(() -> context.ports()
                            .take(address.get(), allocation.grant().app()));
            if (taken.isEmpty()) {
                return Answer.Refused.noCapacity(DropReason.NO_PORTS);
            }
            boolean reserveNext =
                    wanted.evenPort().map(Attribute.EvenPort::reserveNext).orElse(false);
            RelayPorts.Taken next =
                    new RelayPorts.Taken(address.get(), taken.get().port() + 1);
            if (reserveNext && !isFree(allocation, next)) {
                context.ports().release(taken.get());
                context.ports().release(next);
                continue;
            }
            if (relay(allocation, taken.get())) {
                if (reserveNext) {
                    attributes.add(new Attribute.ReservationToken(
                            context.reservations().keep(next, allocation.grant().identity(), loop.nowNanos())));
                }
                return null;
            }
            if (reserveNext) {
                context.ports().release(next);
            }
        }
        return Answer.Refused.noCapacity(DropReason.NO_PORTS);
    }

    /// Whether the system gives a port that is kept. It is opened only when it is redeemed, and another program
    /// may sit on it already.
    private boolean isFree(Allocation allocation, RelayPorts.Taken kept) {
        try {
            new RelayedSocket(server, loop, allocation, kept).unbind();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Binds a taken port; gives it back if another program of this host sits on it.
    private boolean relay(Allocation allocation, RelayPorts.Taken taken) {
        try {
            allocation.relay(new RelayedSocket(server, loop, allocation, taken));
            return true;
        } catch (IOException e) {
            context.ports().release(taken);
            return false;
        }
    }

    private static TransportAddress transportAddress(IpAddress address, int port) {
        return new TransportAddress(!address.isV4(), address.high(), address.low(), port);
    }
}
