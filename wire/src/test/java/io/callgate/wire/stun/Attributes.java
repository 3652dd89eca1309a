package io.callgate.wire.stun;

import io.callgate.wire.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Random attributes of every kind.
final class Attributes {
    private static final List<Function<RandomGenerator, Attribute>> KINDS = List.of(
            r -> new Attribute.MappedAddress(address(r)),
            r -> new Attribute.XorMappedAddress(address(r)),
            r -> new Attribute.Username(text(r, 512)),
            r -> new Attribute.UserHash(bytes(r, 32)),
            r -> new Attribute.MessageIntegrity(bytes(r, 20)),
            r -> new Attribute.MessageIntegritySha256(bytes(r, 16 + 4 * r.nextInt(5))),
            r -> new Attribute.Fingerprint(r.nextInt()),
            r -> new Attribute.ErrorCode(r.nextInt(300, 700), text(r, 763)),
            r -> new Attribute.Realm(text(r, 763)),
            r -> new Attribute.Nonce(text(r, 763)),
            r -> new Attribute.PasswordAlgorithms(
                    IntStream.range(0, r.nextInt(4)).mapToObj(i -> algorithm(r)).toList()),
            Attributes::algorithm,
            r -> new Attribute.UnknownAttributes(
                    r.ints(r.nextInt(6), 0, 0x10000).boxed().toList()),
            r -> new Attribute.Software(text(r, 900)),
            r -> new Attribute.AlternateServer(address(r)),
            r -> new Attribute.AlternateDomain(text(r, 255)),
            r -> new Attribute.ChannelNumber(r.nextInt(0x10000)),
            r -> new Attribute.Lifetime(r.nextLong(0x1_0000_0000L)),
            r -> new Attribute.XorPeerAddress(address(r)),
            r -> new Attribute.Data(bytes(r, r.nextInt(1500))),
            r -> new Attribute.XorRelayedAddress(address(r)),
            r -> new Attribute.RequestedAddressFamily(r.nextInt(256)),
            r -> new Attribute.AdditionalAddressFamily(r.nextInt(256)),
            r -> new Attribute.AddressErrorCode(r.nextInt(256), r.nextInt(300, 700), text(r, 763)),
            r -> new Attribute.EvenPort(r.nextBoolean()),
            r -> new Attribute.RequestedTransport(r.nextInt(256)),
            r -> new Attribute.DontFragment(),
            r -> new Attribute.ReservationToken(r.nextLong()),
            r -> new Attribute.Icmp(r.nextInt(128), r.nextInt(512), r.nextInt()),
            r -> new Attribute.ConnectionId(r.nextInt()),
            r -> new Attribute.MobilityTicket(bytes(r, r.nextInt(100))),
            r -> new Attribute.Priority(r.nextInt()),
            r -> new Attribute.UseCandidate(),
            r -> new Attribute.Draining(),
            r -> new Attribute.IceControlled(r.nextLong()),
            r -> new Attribute.IceControlling(r.nextLong()),
            r -> new Attribute.ChangeRequest(r.nextBoolean(), r.nextBoolean()),
            r -> new Attribute.ResponsePort(r.nextInt(0x10000)),
            r -> new Attribute.Padding(bytes(r, r.nextInt(1500))),
            r -> new Attribute.CacheTimeout(r.nextInt()),
            r -> new Attribute.ResponseOrigin(address(r)),
            r -> new Attribute.OtherAddress(address(r)),
            r -> new Attribute.AccessToken(bytes(r, r.nextInt(300))),
            r -> new Attribute.ThirdPartyAuthorization(text(r, 763)),
            r -> new Attribute.TransactionTransmitCounter(r.nextInt(256), r.nextInt(256)),
            r -> new Attribute.Unknown(r.nextBoolean() ? 0x7FF0 : 0xFFF0, bytes(r, r.nextInt(50))));

    private Attributes() {}

    static List<Attribute> oneOfEach(RandomGenerator random) {
        return KINDS.stream().map(kind -> kind.apply(random)).toList();
    }

    /// A few that may stand in one message together: none that seals it.
    static List<Attribute> some(RandomGenerator random, int count) {
        List<Attribute> attributes = new ArrayList<>();
        while (attributes.size() < count) {
            Attribute attribute = KINDS.get(random.nextInt(KINDS.size())).apply(random);
            if (!seals(attribute)) {
                attributes.add(attribute);
            }
        }
        return attributes;
    }

    static boolean seals(Attribute attribute) {
        return attribute instanceof Attribute.MessageIntegrity
                || attribute instanceof Attribute.MessageIntegritySha256
                || attribute instanceof Attribute.Fingerprint;
    }

    /// Every record below a sealed interface.
    static List<Class<?>> recordsOf(Class<?> type) {
        return type.isRecord()
                ? List.of(type)
                : Arrays.stream(type.getPermittedSubclasses())
                        .flatMap(below -> recordsOf(below).stream())
                        .distinct()
                        .toList();
    }

    static TransportAddress address(RandomGenerator random) {
        int port = random.nextInt(0x10000);
        return switch (random.nextInt(3)) {
            case 0 -> TransportAddress.ofIpv4(random.nextInt(), port);
            case 1 -> new TransportAddress(true, random.nextLong(), random.nextLong(), port);
            default -> new TransportAddress(true, 0, 0x0000_FFFF_7F00_0001L, port); // ::ffff:127.0.0.1 stays IPv6
        };
    }

    static Bytes bytes(RandomGenerator random, int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        return Bytes.of(content);
    }

    private static Attribute.PasswordAlgorithm algorithm(RandomGenerator random) {
        return new Attribute.PasswordAlgorithm(random.nextInt(0x10000), bytes(random, random.nextInt(10)));
    }

    /// Up to 4 bytes a character, all lengths modulo 4.
    private static String text(RandomGenerator random, int maxBytes) {
        int[] codePoints = random.ints(random.nextInt(maxBytes / 4 + 1), 0, 4)
                .map(width -> switch (width) {
                    case 0 -> random.nextInt(0x80);
                    case 1 -> random.nextInt(0x80, 0x800);
                    case 2 -> random.nextInt(0x800, 0xD800);
                    default -> random.nextInt(0x10000, 0x110000);
                })
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }
}
