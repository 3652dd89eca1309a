package io.callgate.wire.stun;

import io.callgate.wire.AbsoluteAccess;
import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The table from type numbers to attributes. Bits that the RFCs reserve for future use are ignored.
final class AttributeDecoder {
    private final ByteBuffer memory;
    private final int messageOffset;

    /// Where the current value is.
    private int offset;

    private int length;

    AttributeDecoder(ByteBuffer memory, int messageOffset) {
        this.memory = memory;
        this.messageOffset = messageOffset;
    }

    Attribute decode(int type, int valueOffset, int valueBytes) throws MalformedPacket {
        offset = valueOffset;
        length = valueBytes;
        try {
            return decode(type);
        } catch (IllegalArgumentException e) {
            throw new MalformedPacket(String.valueOf(e.getMessage()));
        }
    }

    private Attribute decode(int type) throws MalformedPacket {
        return switch (type) {
            case AttributeType.MAPPED_ADDRESS -> new Attribute.MappedAddress(plainAddress("MAPPED-ADDRESS"));
            case AttributeType.CHANGE_REQUEST -> changeRequest();
            case AttributeType.USERNAME -> new Attribute.Username(text("USERNAME"));
            case AttributeType.MESSAGE_INTEGRITY -> new Attribute.MessageIntegrity(bytes());
            case AttributeType.ERROR_CODE -> errorCode();
            case AttributeType.UNKNOWN_ATTRIBUTES -> unknownAttributes();
            case AttributeType.CHANNEL_NUMBER -> new Attribute.ChannelNumber(int32("CHANNEL-NUMBER") >>> 16);
            case AttributeType.LIFETIME -> new Attribute.Lifetime(Integer.toUnsignedLong(int32("LIFETIME")));
            case AttributeType.XOR_PEER_ADDRESS -> new Attribute.XorPeerAddress(xorAddress("XOR-PEER-ADDRESS"));
            case AttributeType.DATA -> new Attribute.Data(bytes());
            case AttributeType.REALM -> new Attribute.Realm(text("REALM"));
            case AttributeType.NONCE -> new Attribute.Nonce(text("NONCE"));
            case AttributeType.XOR_RELAYED_ADDRESS ->
                new Attribute.XorRelayedAddress(xorAddress("XOR-RELAYED-ADDRESS"));
            case AttributeType.REQUESTED_ADDRESS_FAMILY ->
                new Attribute.RequestedAddressFamily(int32("REQUESTED-ADDRESS-FAMILY") >>> 24);
            case AttributeType.EVEN_PORT -> evenPort();
            case AttributeType.REQUESTED_TRANSPORT ->
                new Attribute.RequestedTransport(int32("REQUESTED-TRANSPORT") >>> 24);
            case AttributeType.DONT_FRAGMENT -> flag("DONT-FRAGMENT", new Attribute.DontFragment());
            case AttributeType.ACCESS_TOKEN -> new Attribute.AccessToken(bytes());
            case AttributeType.MESSAGE_INTEGRITY_SHA256 -> new Attribute.MessageIntegritySha256(bytes());
            case AttributeType.PASSWORD_ALGORITHM -> passwordAlgorithm();
            case AttributeType.USERHASH -> new Attribute.UserHash(bytes());
            case AttributeType.XOR_MAPPED_ADDRESS -> new Attribute.XorMappedAddress(xorAddress("XOR-MAPPED-ADDRESS"));
            case AttributeType.RESERVATION_TOKEN -> new Attribute.ReservationToken(int64("RESERVATION-TOKEN"));
            case AttributeType.PRIORITY -> new Attribute.Priority(int32("PRIORITY"));
            case AttributeType.USE_CANDIDATE -> flag("USE-CANDIDATE", new Attribute.UseCandidate());
            case AttributeType.PADDING -> new Attribute.Padding(bytes());
            case AttributeType.RESPONSE_PORT -> responsePort();
            case AttributeType.CONNECTION_ID -> new Attribute.ConnectionId(int32("CONNECTION-ID"));
            case AttributeType.ADDITIONAL_ADDRESS_FAMILY, AttributeType.DRAFT_ADDITIONAL_ADDRESS_FAMILY ->
                new Attribute.AdditionalAddressFamily(int32("ADDITIONAL-ADDRESS-FAMILY") >>> 24);
            case AttributeType.ADDRESS_ERROR_CODE, AttributeType.DRAFT_ADDRESS_ERROR_CODE -> addressErrorCode();
            case AttributeType.PASSWORD_ALGORITHMS -> passwordAlgorithms();
            case AttributeType.ALTERNATE_DOMAIN -> new Attribute.AlternateDomain(text("ALTERNATE-DOMAIN"));
            case AttributeType.ICMP -> icmp();
            case AttributeType.SOFTWARE -> software();
            case AttributeType.ALTERNATE_SERVER -> new Attribute.AlternateServer(plainAddress("ALTERNATE-SERVER"));
            case AttributeType.TRANSACTION_TRANSMIT_COUNTER -> transactionTransmitCounter();
            case AttributeType.CACHE_TIMEOUT -> new Attribute.CacheTimeout(int32("CACHE-TIMEOUT"));
            case AttributeType.FINGERPRINT -> new Attribute.Fingerprint(int32("FINGERPRINT"));
            case AttributeType.ICE_CONTROLLED -> new Attribute.IceControlled(int64("ICE-CONTROLLED"));
            case AttributeType.ICE_CONTROLLING -> new Attribute.IceControlling(int64("ICE-CONTROLLING"));
            case AttributeType.RESPONSE_ORIGIN -> new Attribute.ResponseOrigin(plainAddress("RESPONSE-ORIGIN"));
            case AttributeType.OTHER_ADDRESS -> new Attribute.OtherAddress(plainAddress("OTHER-ADDRESS"));
            case AttributeType.THIRD_PARTY_AUTHORIZATION ->
                new Attribute.ThirdPartyAuthorization(text("THIRD-PARTY-AUTHORIZATION"));
            case AttributeType.DRAINING -> flag("DRAINING", new Attribute.Draining());
            case AttributeType.MOBILITY_TICKET -> new Attribute.MobilityTicket(bytes());
            default -> new Attribute.Unknown(type, bytes()); // open set: the wire may hold anything
        };
    }

    private TransportAddress plainAddress(String name) throws MalformedPacket {
        requireAddress(name);
        return TransportAddress.read(memory, offset);
    }

    private TransportAddress xorAddress(String name) throws MalformedPacket {
        requireAddress(name);
        return new TransportAddress(
                XorAddress.isIpv6(memory, offset),
                XorAddress.high(memory, offset, messageOffset),
                XorAddress.low(memory, offset, messageOffset),
                XorAddress.port(memory, offset));
    }

    private void requireAddress(String name) throws MalformedPacket {
        if (!XorAddress.isValid(memory, offset, length)) {
            throw new MalformedPacket(name + " of " + length + " bytes is neither 8 of IPv4 nor 20 of IPv6");
        }
    }

    /// RFC 5780 §7.2: bit 4 is "change IP", bit 2 is "change port".
    private Attribute changeRequest() throws MalformedPacket {
        int flags = int32("CHANGE-REQUEST");
        return new Attribute.ChangeRequest((flags & 4) != 0, (flags & 2) != 0);
    }

    private Attribute errorCode() throws MalformedPacket {
        requireAtLeast("ERROR-CODE", 4);
        return new Attribute.ErrorCode(code(), text("ERROR-CODE reason", 4));
    }

    private Attribute addressErrorCode() throws MalformedPacket {
        requireAtLeast("ADDRESS-ERROR-CODE", 4);
        int family = Byte.toUnsignedInt(memory.get(offset));
        return new Attribute.AddressErrorCode(family, code(), text("ADDRESS-ERROR-CODE reason", 4));
    }

    /// RFC 8489 §14.8: hundreds in the low 3 bits of byte 2, the rest in byte 3.
    private int code() throws MalformedPacket {
        int number = Byte.toUnsignedInt(memory.get(offset + 3));
        if (number > 99) {
            throw new MalformedPacket("ERROR-CODE number " + number + " outside 0..99");
        }
        return (memory.get(offset + 2) & 7) * 100 + number;
    }

    private Attribute unknownAttributes() throws MalformedPacket {
        if (length % 2 != 0) {
            throw new MalformedPacket("UNKNOWN-ATTRIBUTES of " + length + " bytes, not a multiple of 2");
        }
        List<Integer> types = new ArrayList<>(length / 2);
        for (int at = 0; at < length; at += 2) {
            types.add(Short.toUnsignedInt(memory.getShort(offset + at)));
        }
        return new Attribute.UnknownAttributes(types);
    }

    private Attribute evenPort() throws MalformedPacket {
        requireExactly("EVEN-PORT", 1);
        return new Attribute.EvenPort((memory.get(offset) & 0x80) != 0);
    }

    private Attribute responsePort() throws MalformedPacket {
        requireAtLeast("RESPONSE-PORT", 2); // RFC 5780 §7.5 draws two bytes and two of padding; both lengths are seen
        return new Attribute.ResponsePort(Short.toUnsignedInt(memory.getShort(offset)));
    }

    private Attribute icmp() throws MalformedPacket {
        requireExactly("ICMP", 8);
        int typeAndCode = memory.getInt(offset) & 0xFFFF;
        return new Attribute.Icmp(typeAndCode >>> 9, typeAndCode & 0x1FF, memory.getInt(offset + 4));
    }

    private Attribute transactionTransmitCounter() throws MalformedPacket {
        int counters = int32("TRANSACTION_TRANSMIT_COUNTER");
        return new Attribute.TransactionTransmitCounter(counters >>> 8 & 0xFF, counters & 0xFF);
    }

    private Attribute.PasswordAlgorithm passwordAlgorithm() throws MalformedPacket {
        Attribute.PasswordAlgorithm algorithm = passwordAlgorithm(0);
        requireExactly("PASSWORD-ALGORITHM", algorithm.valueBytes());
        return algorithm;
    }

    private Attribute passwordAlgorithms() throws MalformedPacket {
        List<Attribute.PasswordAlgorithm> algorithms = new ArrayList<>();
        for (int at = 0; at < length; ) {
            Attribute.PasswordAlgorithm algorithm = passwordAlgorithm(at);
            algorithms.add(algorithm);
            at += AttributeCursor.padded(algorithm.valueBytes());
        }
        return new Attribute.PasswordAlgorithms(algorithms);
    }

    private Attribute.PasswordAlgorithm passwordAlgorithm(int at) throws MalformedPacket {
        requireAtLeast("PASSWORD-ALGORITHM", at + 4);
        int parameterBytes = Short.toUnsignedInt(memory.getShort(offset + at + 2));
        requireAtLeast("PASSWORD-ALGORITHM", at + 4 + parameterBytes);
        return new Attribute.PasswordAlgorithm(
                Short.toUnsignedInt(memory.getShort(offset + at)),
                Bytes.copyOf(memory, offset + at + 4, parameterBytes));
    }

    private Attribute software() {
        return new Attribute.Software(new String(bytes().toArray(), StandardCharsets.UTF_8));
    }

    private Attribute flag(String name, Attribute attribute) throws MalformedPacket {
        requireExactly(name, 0);
        return attribute;
    }

    private int int32(String name) throws MalformedPacket {
        requireExactly(name, 4);
        return memory.getInt(offset);
    }

    private long int64(String name) throws MalformedPacket {
        requireExactly(name, 8);
        return memory.getLong(offset);
    }

    private Bytes bytes() {
        return Bytes.copyOf(memory, offset, length);
    }

    private String text(String name) throws MalformedPacket {
        return text(name, 0);
    }

    private String text(String name, int from) throws MalformedPacket {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(AbsoluteAccess.slice(memory, offset + from, length - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedPacket(name + " of " + (length - from) + " bytes is not UTF-8");
        }
    }

    private void requireExactly(String name, int bytes) throws MalformedPacket {
        if (length != bytes) {
            throw new MalformedPacket(name + " of " + length + " bytes instead of " + bytes);
        }
    }

    private void requireAtLeast(String name, int bytes) throws MalformedPacket {
        if (length < bytes) {
            throw new MalformedPacket(name + " of " + length + " bytes instead of at least " + bytes);
        }
    }
}
