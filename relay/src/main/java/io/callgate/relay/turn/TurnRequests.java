package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.AttributeType;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers the requests of one loop: Binding, Allocate, Refresh, CreatePermission, ChannelBind. A success or an
/// error for each, with RFC 8656's codes; a request that was answered once is answered the same again.
final class TurnRequests {
    private static final int ANSWER_BYTES = 1500;

    /// A request by stream may bring thousands; an answer has room for these.
    private static final int MAX_UNKNOWN_LISTED = 64;

    private final TurnServer server;
    private final RelayLoop loop;
    private final TurnContext context;
    private final AllocationTable allocations;
    private final AllocateProcedure allocating;
    private final PeerProcedures peers;
    private final AnswerMemory remembered = new AnswerMemory();
    private final ByteBuffer out = ByteBuffer.allocateDirect(ANSWER_BYTES);

    TurnRequests(
            TurnServer server, RelayLoop loop, TurnContext context, AllocationTable allocations, PeerProcedures peers) {
        this.server = server;
        this.loop = loop;
        this.context = context;
        this.allocations = allocations;
        this.allocating = new AllocateProcedure(server, loop, context, allocations);
        this.peers = peers;
    }

    /// Takes one request that looks like STUN and sends its answer.
    ///
    /// @param owner the allocation on the client's five-tuple, if any
    void take(ClientPath client, @Nullable Allocation owner, ByteBuffer memory, int offset, int length) {
        Message request;
        try {
            request = MessageDecoder.decode(memory, offset, length);
        } catch (MalformedPacket e) {
            loop.drops().count(DropReason.MALFORMED);
            return;
        }
        switch (request.method()) {
            case Method.BINDING -> answer(client, request, binding(client, request, owner), null);
            case Method.ALLOCATE, Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND ->
                takeProtected(client, owner, request, memory, offset, length);
            default -> loop.drops().count(DropReason.UNEXPECTED_MESSAGE); // RFC 8489 §6.3: silently
        }
    }

    private void takeProtected(
            ClientPath client, @Nullable Allocation owner, Message request, ByteBuffer memory, int offset, int length) {
        // Before proof: the allocation is gone, and with it the key that an expired credential was good for.
        byte[] farewell =
                request.method() == Method.REFRESH ? remembered.find(client, request.id(), loop.nowNanos()) : null;
        if (farewell != null) {
            resend(client, farewell);
            return;
        }
        String realm = owner == null ? context.realm() : owner.realm();
        RequestProof.Outcome outcome = context.proof().check(request, memory, offset, length, client, realm, owner);
        switch (outcome) {
            case RequestProof.Outcome.Failed failed -> answer(client, request, failed.answer(), null);
            case RequestProof.Outcome.Proved user -> {
                // A retransmitted Allocate finds its own allocation in the way (decision 0007).
                if (owner != null
                        && request.method() == Method.ALLOCATE
                        && owner.createdBy().equals(request.id())) {
                    resend(client, owner.firstAnswer());
                } else {
                    Answer answer = serve(client, owner, request, user);
                    if (owner != null && answer instanceof Answer.Refused refused) {
                        loop.grants().refused(owner.grant(), refused.reason(), loop.nowNanos());
                    }
                    byte[] bytes = answer(client, request, answer, user.seal());
                    if (request.method() == Method.ALLOCATE && answer instanceof Answer.Success) {
                        keepFirstAnswer(client, bytes);
                    }
                }
            }
        }
    }

    private Answer serve(
            ClientPath client, @Nullable Allocation owner, Message request, RequestProof.Outcome.Proved user) {
        List<Integer> unknown = notUnderstood(request);
        if (!unknown.isEmpty()) {
            return Answer.Refused.unknown(unknown);
        }
        if (owner != null && !owner.userName().equals(user.userName())) {
            return Answer.Refused.wrongUser();
        }
        if (request.method() == Method.ALLOCATE) {
            return owner == null ? allocate(client, request, user) : Answer.Refused.noAllocation();
        }
        if (owner == null) {
            return Answer.Refused.noAllocation();
        }
        return switch (request.method()) {
            case Method.REFRESH -> refresh(owner, request);
            case Method.CREATE_PERMISSION -> peers.createPermission(owner, request);
            case Method.CHANNEL_BIND -> peers.channelBind(owner, request);
            default -> throw new IllegalStateException("method " + request.method() + " is not protected");
        };
    }

    /// What the codec does not know, and what it knows but this server cannot do.
    private List<Integer> notUnderstood(Message request) {
        List<Integer> types = new ArrayList<>();
        for (Attribute attribute : request.attributes()) {
            if (attribute instanceof Attribute.Unknown unknown && unknown.comprehensionRequired()) {
                types.add(unknown.type());
            }
            switch (attribute.type()) {
                case AttributeType.CHANGE_REQUEST,
                        AttributeType.RESPONSE_PORT,
                        AttributeType.PADDING,
                        AttributeType.ACCESS_TOKEN,
                        AttributeType.CONNECTION_ID -> types.add(attribute.type());
                case AttributeType.DONT_FRAGMENT -> {
                    if (!loop.net().canSendWhole()) { // RFC 8656 §7.2
                        types.add(attribute.type());
                    }
                }
                default -> {}
            }
        }
        return types.isEmpty()
                ? types
                : types.stream().distinct().limit(MAX_UNKNOWN_LISTED).toList();
    }

    // ------------------------------------------------------------------------------------------ Binding, RFC 8489 §3

    private Answer binding(ClientPath client, Message request, @Nullable Allocation owner) {
        List<Integer> unknown = notUnderstood(request);
        if (!unknown.isEmpty()) {
            return Answer.Refused.unknown(unknown);
        }
        boolean tellsOfEnd = owner != null && loop.grants().isDraining();
        return new Answer.Success(
                tellsOfEnd ? List.of(mappedAddress(client), new Attribute.Draining()) : List.of(mappedAddress(client)));
    }

    static Attribute mappedAddress(ClientPath client) {
        IpAddress address = client.address();
        return new Attribute.XorMappedAddress(
                new TransportAddress(!address.isV4(), address.high(), address.low(), client.port()));
    }

    // ---------------------------------------------------------------------------------------- Allocate, RFC 8656 §7.2

    private Answer allocate(ClientPath client, Message request, RequestProof.Outcome.Proved user) {
        return switch (allocating.serve(client, request, user)) {
            case AllocateProcedure.Outcome.Made made -> made.answer();
            case AllocateProcedure.Outcome.Refused refused -> refused.answer();
        };
    }

    private void keepFirstAnswer(ClientPath client, byte[] answer) {
        Allocation made = allocations.find(client);
        if (made != null) {
            made.firstAnswer(answer);
        }
    }

    // ----------------------------------------------------------------------------------------- Refresh, RFC 8656 §8.2

    private Answer refresh(Allocation allocation, Message request) {
        long wantedSeconds = request.find(Attribute.Lifetime.class)
                .map(Attribute.Lifetime::seconds)
                .orElse(Allocation.DEFAULT_LIFETIME_SECONDS);
        Optional<Attribute.RequestedAddressFamily> family = request.find(Attribute.RequestedAddressFamily.class);
        if (family.isPresent()) {
            RelayedSocket relayed = switch (family.get().family()) {
                case AddressFamily.IPV4 -> allocation.relayed(false);
                case AddressFamily.IPV6 -> allocation.relayed(true);
                default -> null;
            };
            if (relayed == null) {
                return Answer.Refused.familyMismatch();
            }
            if (wantedSeconds == 0 && allocation.relayed().size() > 1) {
                closeFamily(allocation, relayed);
                return new Answer.Success(List.of(new Attribute.Lifetime(0)));
            }
        }
        return new Answer.Success(List.of(new Attribute.Lifetime(allocation.renew(wantedSeconds, loop.nowNanos()))));
    }

    /// RFC 8656 §8.2: permissions and channels of the other family stay.
    private static void closeFamily(Allocation allocation, RelayedSocket relayed) {
        allocation.channels().stream()
                .filter(channel -> channel.relayed() == relayed)
                .forEach(allocation::unbind);
        allocation.permissions().stream()
                .filter(permission -> IpAddress.isV4(permission.high(), permission.low()) != relayed.isIpv6())
                .forEach(allocation::forbid);
        allocation.close(relayed);
    }

    // -------------------------------------------------------------------------------------------------------- answers

    /// Sends an answer; then ends the allocation if the request asked for that.
    ///
    /// @return the answer's bytes
    private byte[] answer(ClientPath client, Message request, Answer answer, RequestProof.@Nullable Seal seal) {
        byte[] bytes = encode(request, answer, seal);
        resend(client, bytes);
        if (answer instanceof Answer.Refused refused) {
            loop.drops().count(refused.reason());
        } else if (request.method() == Method.REFRESH && isFarewell(answer)) {
            // Sent again, it would find nothing left to end.
            remembered.keep(client, request.id(), bytes, loop.nowNanos());
            Allocation allocation = allocations.find(client);
            if (allocation != null && allocation.isExpired(loop.nowNanos())) {
                server.end(allocation, EndReason.CLIENT_LEFT);
            }
        }
        return bytes;
    }

    private static boolean isFarewell(Answer answer) {
        return answer instanceof Answer.Success success && success.attributes().contains(new Attribute.Lifetime(0));
    }

    private void resend(ClientPath client, byte[] answer) {
        out.put(0, answer);
        if (!client.answer(out, 0, answer.length)) {
            loop.drops().count(DropReason.QUEUE_FULL);
        }
        loop.net().flush(); // before `out` is written again
    }

    private byte[] encode(Message request, Answer answer, RequestProof.@Nullable Seal seal) {
        MessageClass type = answer instanceof Answer.Success ? MessageClass.SUCCESS : MessageClass.ERROR;
        MessageEncoder encoder = MessageEncoder.begin(out, 0, type, request.method(), request.id());
        switch (answer) {
            case Answer.Success success -> success.attributes().forEach(encoder::add);
            case Answer.Refused refused -> {
                encoder.add(new Attribute.ErrorCode(refused.code(), refused.phrase()));
                refused.attributes().forEach(encoder::add);
            }
        }
        if (seal != null) {
            seal.put(encoder);
        }
        // Where a client marks its messages it looks for the mark (RFC 8489 §6.3.1).
        if (request.find(Attribute.Fingerprint.class).isPresent()) {
            encoder.fingerprint();
        }
        byte[] bytes = new byte[encoder.finish()];
        out.get(0, bytes);
        return bytes;
    }
}
