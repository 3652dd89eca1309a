package io.callgate.relay.link;

import io.callgate.model.DesiredState;
import io.callgate.model.Endpoint;
import io.callgate.model.Heartbeat;
import io.callgate.model.HostName;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.LiveSession;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.RelayEndpoint;
import io.callgate.model.SessionChanges;
import io.callgate.model.TlsIdentity;
import io.callgate.model.Transport;
import io.callgate.relay.BoundListener;
import java.security.cert.CertificateParsingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Where clients reach a relay, as control tells them: its listeners by their public addresses, with the pin of
/// its certificate; and where they did.
final class Announcement {
    private static final int DNS_NAME = 2; // RFC 5280 §4.2.1.6
    private static final int IP_ADDRESS = 7;
    private static final Set<Transport> IN_TLS = EnumSet.of(Transport.TLS, Transport.HTTPS);

    private Announcement() {}

    private record Place(IpAddress address, int port) {}

    /// Addresses that mean something on this host alone are left out where there is any other. So are listeners
    /// behind a load balancer: clients come to the balancer, of which the relay knows nothing.
    ///
    /// @return at most [Heartbeat#MOST_ENDPOINTS], those of the first listeners
    static List<RelayEndpoint> of(List<BoundListener> bound, List<RelayAddress> addresses, DesiredState own) {
        List<BoundListener> open = bound.stream()
                .filter(listener ->
                        own.listeners().stream().noneMatch(entry -> entry.proxyProtocol() && covers(entry, listener)))
                .toList();
        boolean isKnownOutside =
                open.stream().anyMatch(listener -> !isForThisHost(publicOf(listener.address(), addresses)));
        Map<Place, Set<Transport>> transports = new LinkedHashMap<>();
        for (BoundListener listener : open) {
            IpAddress address = publicOf(listener.address(), addresses);
            if (isKnownOutside && isForThisHost(address)) {
                continue;
            }
            Set<Transport> here = transports.computeIfAbsent(
                    new Place(address, listener.port()), place -> EnumSet.noneOf(Transport.class));
            if (listener.protocol() == Protocol.UDP) {
                here.add(Transport.UDP);
            } else {
                here.add(Transport.TCP);
                own.tls().ifPresent(identity -> here.addAll(IN_TLS));
            }
        }
        List<RelayEndpoint> endpoints = new ArrayList<>();
        transports.forEach((place, here) -> endpoints.add(endpoint(place, here, own.tls())));
        return endpoints.subList(0, Math.min(endpoints.size(), Heartbeat.MOST_ENDPOINTS));
    }

    /// Sessions as control hears of them: they came in at public addresses too.
    static SessionChanges of(SessionChanges changes, List<RelayAddress> addresses) {
        List<LiveSession> live = changes.live().stream()
                .map(session -> session.withReached(session.reached().stream()
                        .map(place -> new Endpoint(publicOf(place.address(), addresses), place.port()))
                        .collect(Collectors.toSet())))
                .toList();
        return new SessionChanges(changes.after(), changes.upTo(), live, changes.ended());
    }

    private static boolean covers(ListenerState entry, BoundListener listener) {
        return entry.covers(listener.address(), listener.port(), listener.protocol());
    }

    private static RelayEndpoint endpoint(Place place, Set<Transport> transports, Optional<TlsIdentity> identity) {
        Optional<TlsIdentity> shown = identity.filter(any -> transports.contains(Transport.TLS));
        return new RelayEndpoint(
                place.address,
                place.port,
                transports,
                shown.flatMap(it -> serverName(it, place.address)),
                shown.map(TlsIdentity::pin));
    }

    /// A name to ask for where the certificate does not name the address itself.
    private static Optional<String> serverName(TlsIdentity identity, IpAddress address) {
        Optional<String> host = Optional.empty();
        try {
            Collection<List<?>> names = identity.certificate().getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                String value = String.valueOf(name.get(1));
                if (Integer.valueOf(IP_ADDRESS).equals(name.get(0))
                        && IpAddress.parse(value).equals(address)) {
                    return Optional.empty();
                }
                if (Integer.valueOf(DNS_NAME).equals(name.get(0)) && host.isEmpty() && !value.startsWith("*")) {
                    host = Optional.of(new HostName(value).value());
                }
            }
        } catch (CertificateParsingException | IllegalArgumentException e) {
            return Optional.empty(); // the pin says enough
        }
        return host;
    }

    private static IpAddress publicOf(IpAddress bound, List<RelayAddress> addresses) {
        return addresses.stream()
                .filter(address -> address.bind().equals(bound))
                .map(RelayAddress::publicAddress)
                .findFirst()
                .orElse(bound);
    }

    private static boolean isForThisHost(IpAddress address) {
        return address.toInetAddress().isLoopbackAddress()
                || address.toInetAddress().isLinkLocalAddress();
    }
}
