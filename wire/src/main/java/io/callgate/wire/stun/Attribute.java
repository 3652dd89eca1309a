package io.callgate.wire.stun;

import io.callgate.wire.AbsoluteAccess;
import io.callgate.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One attribute of a STUN message. Each record knows its type number and writes its value; [AttributeDecoder] is
/// the way back. Shapes that several attributes share are the interfaces at the end.
///
/// Numbers that a server must judge (address families, transports, channels) are kept as they came, since a wrong
/// one is answered with its own error code. Everything else is checked by the record.
public sealed interface Attribute {
    /// One of [AttributeType], or any other number of 16 bits.
    int type();

    /// Without padding.
    int valueBytes();

    /// Writes [#valueBytes] bytes at `offset`.
    void writeValue(ByteBuffer memory, int offset, TransactionId id);

    // RFC 8489: STUN

    record MappedAddress(TransportAddress address) implements PlainAddress {
        @Override
        public int type() {
            return AttributeType.MAPPED_ADDRESS;
        }
    }

    record XorMappedAddress(TransportAddress address) implements MaskedAddress {
        @Override
        public int type() {
            return AttributeType.XOR_MAPPED_ADDRESS;
        }
    }

    /// At most 512 bytes: RFC 8489 §14.3 says 508, but a client of RFC 5389 may send four more.
    record Username(String value) implements Text {
        public static final int MAX_BYTES = 512;

        public Username {
            Text.check("USERNAME", value, MAX_BYTES);
        }

        @Override
        public int type() {
            return AttributeType.USERNAME;
        }
    }

    /// SHA-256 of `username:realm`, 32 bytes: [Integrity#userHash].
    record UserHash(Bytes value) implements Opaque {
        public UserHash {
            Opaque.check("USERHASH", value, 32, 32);
        }

        @Override
        public int type() {
            return AttributeType.USERHASH;
        }
    }

    /// HMAC-SHA1 over what stands before it. Checked by [Integrity], not by the decoder.
    record MessageIntegrity(Bytes value) implements Opaque {
        public MessageIntegrity {
            Opaque.check("MESSAGE-INTEGRITY", value, Integrity.SHA1_BYTES, Integrity.SHA1_BYTES);
        }

        @Override
        public int type() {
            return AttributeType.MESSAGE_INTEGRITY;
        }
    }

    /// HMAC-SHA256 over what stands before it, 16 to 32 bytes of it in steps of 4.
    record MessageIntegritySha256(Bytes value) implements Opaque {
        public MessageIntegritySha256 {
            Opaque.check("MESSAGE-INTEGRITY-SHA256", value, Integrity.SHA256_MIN_BYTES, Integrity.SHA256_BYTES);
            if (value.length() % 4 != 0) {
                throw new IllegalArgumentException(
                        "MESSAGE-INTEGRITY-SHA256 of " + value.length() + " bytes, not a multiple of 4");
            }
        }

        @Override
        public int type() {
            return AttributeType.MESSAGE_INTEGRITY_SHA256;
        }
    }

    /// CRC-32 of what stands before it, XORed with 0x5354554E. The decoder has checked it.
    record Fingerprint(int value) implements Number32 {
        @Override
        public int type() {
            return AttributeType.FINGERPRINT;
        }
    }

    /// @param code 300..699
    /// @param reason at most 763 bytes, for people
    record ErrorCode(int code, String reason) implements Attribute {
        public ErrorCode {
            checkCode("ERROR-CODE", code);
            Text.check("ERROR-CODE reason", reason, Text.MAX_BYTES);
        }

        static void checkCode(String name, int code) {
            if (code < 300 || code > 699) {
                throw new IllegalArgumentException(name + " " + code + " outside 300..699");
            }
        }

        @Override
        public int type() {
            return AttributeType.ERROR_CODE;
        }

        @Override
        public int valueBytes() {
            return 4 + Text.bytesOf(reason).length;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, (code / 100) << 8 | (code % 100));
            AbsoluteAccess.put(memory, offset + 4, Text.bytesOf(reason));
        }
    }

    record Realm(String value) implements Text {
        public Realm {
            Text.check("REALM", value, Text.MAX_BYTES);
        }

        @Override
        public int type() {
            return AttributeType.REALM;
        }
    }

    record Nonce(String value) implements Text {
        public Nonce {
            Text.check("NONCE", value, Text.MAX_BYTES);
        }

        @Override
        public int type() {
            return AttributeType.NONCE;
        }
    }

    /// The algorithms a server offers, best first; a client repeats the list unchanged, so that nobody between
    /// them can shorten it (RFC 8489 §9.2.4). Compare with `equals`.
    record PasswordAlgorithms(List<PasswordAlgorithm> algorithms) implements Attribute {
        public PasswordAlgorithms {
            algorithms = List.copyOf(algorithms);
        }

        @Override
        public int type() {
            return AttributeType.PASSWORD_ALGORITHMS;
        }

        /// Entries are padded to 4 bytes, the last one by the attribute's own padding.
        @Override
        public int valueBytes() {
            int bytes = 0;
            for (PasswordAlgorithm algorithm : algorithms) {
                bytes = AttributeCursor.padded(bytes) + algorithm.valueBytes();
            }
            return bytes;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            int at = 0;
            for (PasswordAlgorithm algorithm : algorithms) {
                for (int padded = AttributeCursor.padded(at); at < padded; at++) {
                    memory.put(offset + at, (byte) 0);
                }
                algorithm.writeValue(memory, offset + at, id);
                at += algorithm.valueBytes();
            }
        }
    }

    /// The algorithm a client chose, or one entry of [PasswordAlgorithms] (RFC 8489 §14.12).
    ///
    /// @param number [#MD5], [#SHA256], or one we do not know
    record PasswordAlgorithm(int number, Bytes parameters) implements Attribute {
        public static final PasswordAlgorithm MD5 = new PasswordAlgorithm(0x0001, Bytes.EMPTY);
        public static final PasswordAlgorithm SHA256 = new PasswordAlgorithm(0x0002, Bytes.EMPTY);

        public PasswordAlgorithm {
            check16Bits("PASSWORD-ALGORITHM", number);
        }

        @Override
        public int type() {
            return AttributeType.PASSWORD_ALGORITHM;
        }

        @Override
        public int valueBytes() {
            return 4 + parameters.length();
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, number << 16 | parameters.length());
            parameters.writeTo(memory, offset + 4);
        }
    }

    record UnknownAttributes(List<Integer> types) implements Attribute {
        public UnknownAttributes {
            types = List.copyOf(types);
            types.forEach(type -> check16Bits("UNKNOWN-ATTRIBUTES entry", type));
        }

        @Override
        public int type() {
            return AttributeType.UNKNOWN_ATTRIBUTES;
        }

        @Override
        public int valueBytes() {
            return 2 * types.size();
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            for (int i = 0; i < types.size(); i++) {
                memory.putShort(offset + 2 * i, types.get(i).shortValue());
            }
        }
    }

    /// What the sender says it is. Decides nothing, so the decoder takes it in any encoding and length.
    record Software(String value) implements Text {
        @Override
        public int type() {
            return AttributeType.SOFTWARE;
        }
    }

    record AlternateServer(TransportAddress address) implements PlainAddress {
        @Override
        public int type() {
            return AttributeType.ALTERNATE_SERVER;
        }
    }

    record AlternateDomain(String value) implements Text {
        public AlternateDomain {
            Text.check("ALTERNATE-DOMAIN", value, 255);
        }

        @Override
        public int type() {
            return AttributeType.ALTERNATE_DOMAIN;
        }
    }

    // RFC 8656: TURN

    /// Any 16 bits: a number outside [io.callgate.wire.turn.ChannelNumber]'s range is answered with 400.
    record ChannelNumber(int value) implements Attribute {
        public ChannelNumber {
            check16Bits("CHANNEL-NUMBER", value);
        }

        @Override
        public int type() {
            return AttributeType.CHANNEL_NUMBER;
        }

        @Override
        public int valueBytes() {
            return 4;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, value << 16);
        }
    }

    /// @param seconds 0..4294967295; 0 in a Refresh ends the allocation
    record Lifetime(long seconds) implements Attribute {
        public Lifetime {
            if (seconds < 0 || seconds > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("LIFETIME " + seconds + " outside 0..4294967295");
            }
        }

        @Override
        public int type() {
            return AttributeType.LIFETIME;
        }

        @Override
        public int valueBytes() {
            return 4;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, (int) seconds);
        }
    }

    record XorPeerAddress(TransportAddress address) implements MaskedAddress {
        @Override
        public int type() {
            return AttributeType.XOR_PEER_ADDRESS;
        }
    }

    record Data(Bytes value) implements Opaque {
        @Override
        public int type() {
            return AttributeType.DATA;
        }
    }

    record XorRelayedAddress(TransportAddress address) implements MaskedAddress {
        @Override
        public int type() {
            return AttributeType.XOR_RELAYED_ADDRESS;
        }
    }

    /// @param family one of [AddressFamily], or one that is answered with 440
    record RequestedAddressFamily(int family) implements FirstByte {
        public RequestedAddressFamily {
            check8Bits("REQUESTED-ADDRESS-FAMILY", family);
        }

        @Override
        public int type() {
            return AttributeType.REQUESTED_ADDRESS_FAMILY;
        }

        @Override
        public int firstByte() {
            return family;
        }
    }

    /// @param family must be IPv6; any other is answered with 400 (RFC 8656 §7.2)
    record AdditionalAddressFamily(int family) implements FirstByte {
        public AdditionalAddressFamily {
            check8Bits("ADDITIONAL-ADDRESS-FAMILY", family);
        }

        @Override
        public int type() {
            return AttributeType.ADDITIONAL_ADDRESS_FAMILY;
        }

        @Override
        public int firstByte() {
            return family;
        }
    }

    /// Why one of the two address families of a dual allocation was not given.
    record AddressErrorCode(int family, int code, String reason) implements Attribute {
        public AddressErrorCode {
            check8Bits("ADDRESS-ERROR-CODE family", family);
            ErrorCode.checkCode("ADDRESS-ERROR-CODE", code);
            Text.check("ADDRESS-ERROR-CODE reason", reason, Text.MAX_BYTES);
        }

        @Override
        public int type() {
            return AttributeType.ADDRESS_ERROR_CODE;
        }

        @Override
        public int valueBytes() {
            return 4 + Text.bytesOf(reason).length;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, family << 24 | (code / 100) << 8 | (code % 100));
            AbsoluteAccess.put(memory, offset + 4, Text.bytesOf(reason));
        }
    }

    /// @param reserveNext the R bit: keep the next higher port, and answer with a RESERVATION-TOKEN for it
    record EvenPort(boolean reserveNext) implements Attribute {
        @Override
        public int type() {
            return AttributeType.EVEN_PORT;
        }

        @Override
        public int valueBytes() {
            return 1;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.put(offset, (byte) (reserveNext ? 0x80 : 0));
        }
    }

    /// @param protocol an IP protocol number: [#UDP], [#TCP], or one that is answered with 442
    record RequestedTransport(int protocol) implements FirstByte {
        public static final int TCP = 6;
        public static final int UDP = 17;

        public RequestedTransport {
            check8Bits("REQUESTED-TRANSPORT", protocol);
        }

        @Override
        public int type() {
            return AttributeType.REQUESTED_TRANSPORT;
        }

        @Override
        public int firstByte() {
            return protocol;
        }
    }

    record DontFragment() implements Flag {
        @Override
        public int type() {
            return AttributeType.DONT_FRAGMENT;
        }
    }

    record ReservationToken(long value) implements Number64 {
        @Override
        public int type() {
            return AttributeType.RESERVATION_TOKEN;
        }
    }

    /// An ICMP error that the relay received for a packet to the peer.
    ///
    /// @param icmpType 7 bits
    /// @param icmpCode 9 bits
    record Icmp(int icmpType, int icmpCode, int errorData) implements Attribute {
        public Icmp {
            if (icmpType >>> 7 != 0 || icmpCode >>> 9 != 0) {
                throw new IllegalArgumentException(
                        "ICMP type " + icmpType + " outside 0..127 or code " + icmpCode + " outside 0..511");
            }
        }

        @Override
        public int type() {
            return AttributeType.ICMP;
        }

        @Override
        public int valueBytes() {
            return 8;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, icmpType << 9 | icmpCode);
            memory.putInt(offset + 4, errorData);
        }
    }

    // RFC 6062 and RFC 8016: TURN over TCP to peers, and mobility

    record ConnectionId(int value) implements Number32 {
        @Override
        public int type() {
            return AttributeType.CONNECTION_ID;
        }
    }

    /// Empty in an Allocate that asks for mobility; filled by the server.
    record MobilityTicket(Bytes value) implements Opaque {
        @Override
        public int type() {
            return AttributeType.MOBILITY_TICKET;
        }
    }

    /// In the answer to a Binding on the five-tuple of an allocation: the relay will end, move elsewhere.
    /// Callgate's own (decision 0040); whoever does not know it passes it over.
    record Draining() implements Flag {
        @Override
        public int type() {
            return AttributeType.DRAINING;
        }
    }

    // RFC 8445: ICE

    record Priority(int value) implements Number32 {
        @Override
        public int type() {
            return AttributeType.PRIORITY;
        }
    }

    record UseCandidate() implements Flag {
        @Override
        public int type() {
            return AttributeType.USE_CANDIDATE;
        }
    }

    record IceControlled(long value) implements Number64 {
        @Override
        public int type() {
            return AttributeType.ICE_CONTROLLED;
        }
    }

    record IceControlling(long value) implements Number64 {
        @Override
        public int type() {
            return AttributeType.ICE_CONTROLLING;
        }
    }

    // RFC 5780: NAT behaviour discovery

    record ChangeRequest(boolean changeAddress, boolean changePort) implements Attribute {
        @Override
        public int type() {
            return AttributeType.CHANGE_REQUEST;
        }

        @Override
        public int valueBytes() {
            return 4;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, (changeAddress ? 4 : 0) | (changePort ? 2 : 0));
        }
    }

    record ResponsePort(int port) implements Attribute {
        public ResponsePort {
            check16Bits("RESPONSE-PORT", port);
        }

        @Override
        public int type() {
            return AttributeType.RESPONSE_PORT;
        }

        @Override
        public int valueBytes() {
            return 2;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putShort(offset, (short) port);
        }
    }

    record Padding(Bytes value) implements Opaque {
        @Override
        public int type() {
            return AttributeType.PADDING;
        }
    }

    record CacheTimeout(int value) implements Number32 {
        @Override
        public int type() {
            return AttributeType.CACHE_TIMEOUT;
        }
    }

    record ResponseOrigin(TransportAddress address) implements PlainAddress {
        @Override
        public int type() {
            return AttributeType.RESPONSE_ORIGIN;
        }
    }

    record OtherAddress(TransportAddress address) implements PlainAddress {
        @Override
        public int type() {
            return AttributeType.OTHER_ADDRESS;
        }
    }

    // RFC 7635 and RFC 7982: OAuth, retransmission counters

    record AccessToken(Bytes value) implements Opaque {
        @Override
        public int type() {
            return AttributeType.ACCESS_TOKEN;
        }
    }

    record ThirdPartyAuthorization(String value) implements Text {
        public ThirdPartyAuthorization {
            Text.check("THIRD-PARTY-AUTHORIZATION", value, Text.MAX_BYTES);
        }

        @Override
        public int type() {
            return AttributeType.THIRD_PARTY_AUTHORIZATION;
        }
    }

    record TransactionTransmitCounter(int requests, int responses) implements Attribute {
        public TransactionTransmitCounter {
            check8Bits("TRANSACTION_TRANSMIT_COUNTER requests", requests);
            check8Bits("TRANSACTION_TRANSMIT_COUNTER responses", responses);
        }

        @Override
        public int type() {
            return AttributeType.TRANSACTION_TRANSMIT_COUNTER;
        }

        @Override
        public int valueBytes() {
            return 4;
        }

        @Override
        public void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, requests << 8 | responses);
        }
    }

    /// Any other attribute, kept because a 420 answer must list those that are comprehension-required.
    record Unknown(int type, Bytes value) implements Opaque {
        public Unknown {
            check16Bits("attribute type", type);
        }

        public boolean comprehensionRequired() {
            return AttributeType.isComprehensionRequired(type);
        }
    }

    // Shapes

    /// Family, port and address in the clear (RFC 8489 §14.1).
    sealed interface PlainAddress extends Attribute
            permits MappedAddress, AlternateServer, ResponseOrigin, OtherAddress {
        TransportAddress address();

        @Override
        default int valueBytes() {
            return XorAddress.valueBytes(address().ipv6());
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            address().write(memory, offset);
        }
    }

    /// Family, port and address XORed with cookie and transaction id (RFC 8489 §14.2).
    sealed interface MaskedAddress extends Attribute permits XorMappedAddress, XorPeerAddress, XorRelayedAddress {
        TransportAddress address();

        @Override
        default int valueBytes() {
            return XorAddress.valueBytes(address().ipv6());
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            TransportAddress a = address();
            XorAddress.write(memory, offset, a.ipv6(), a.high(), a.low(), a.port(), id.high(), id.low());
        }
    }

    /// UTF-8.
    sealed interface Text extends Attribute
            permits Username, Realm, Nonce, Software, AlternateDomain, ThirdPartyAuthorization {
        /// RFC 5389's bound for 127 characters, which is wider than RFC 8489's 509 bytes.
        int MAX_BYTES = 763;

        String value();

        @Override
        default int valueBytes() {
            return bytesOf(value()).length;
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            AbsoluteAccess.put(memory, offset, bytesOf(value()));
        }

        private static byte[] bytesOf(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        private static void check(String name, String value, int maxBytes) {
            int bytes = bytesOf(value).length;
            if (bytes > maxBytes) {
                throw new IllegalArgumentException(name + " of " + bytes + " bytes, at most " + maxBytes);
            }
        }
    }

    sealed interface Opaque extends Attribute
            permits UserHash,
                    MessageIntegrity,
                    MessageIntegritySha256,
                    Data,
                    MobilityTicket,
                    Padding,
                    AccessToken,
                    Unknown {
        Bytes value();

        @Override
        default int valueBytes() {
            return value().length();
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            value().writeTo(memory, offset);
        }

        private static void check(String name, Bytes value, int minBytes, int maxBytes) {
            if (value.length() < minBytes || value.length() > maxBytes) {
                throw new IllegalArgumentException(
                        name + " of " + value.length() + " bytes outside " + minBytes + ".." + maxBytes);
            }
        }
    }

    sealed interface Number32 extends Attribute permits Fingerprint, ConnectionId, Priority, CacheTimeout {
        int value();

        @Override
        default int valueBytes() {
            return 4;
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, value());
        }
    }

    sealed interface Number64 extends Attribute permits ReservationToken, IceControlled, IceControlling {
        long value();

        @Override
        default int valueBytes() {
            return 8;
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putLong(offset, value());
        }
    }

    /// One byte that counts, then 24 bits reserved for future use.
    sealed interface FirstByte extends Attribute
            permits RequestedAddressFamily, AdditionalAddressFamily, RequestedTransport {
        int firstByte();

        @Override
        default int valueBytes() {
            return 4;
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {
            memory.putInt(offset, firstByte() << 24);
        }
    }

    /// Present or not; no value.
    sealed interface Flag extends Attribute permits DontFragment, UseCandidate, Draining {
        @Override
        default int valueBytes() {
            return 0;
        }

        @Override
        default void writeValue(ByteBuffer memory, int offset, TransactionId id) {}
    }

    private static void check8Bits(String name, int value) {
        if (value < 0 || value > 0xFF) {
            throw new IllegalArgumentException(name + " " + value + " outside 0..255");
        }
    }

    private static void check16Bits(String name, int value) {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException(name + " " + value + " outside 0..65535");
        }
    }
}
