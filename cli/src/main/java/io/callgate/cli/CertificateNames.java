package io.callgate.cli;

import io.callgate.model.IpAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whom a certificate speaks for: its subject alternative names (RFC 5280 §4.2.1.6).
///
/// @param hosts may hold wildcards, as `*.example.com`
record CertificateNames(Set<IpAddress> addresses, Set<String> hosts) {
    static final int DNS_NAME = 2;
    static final int IP_ADDRESS = 7;

    static CertificateNames of(X509Certificate certificate) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        Set<String> hosts = new LinkedHashSet<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (Integer.valueOf(IP_ADDRESS).equals(name.get(0))) {
                    addresses.add(IpAddress.parse(String.valueOf(name.get(1))));
                } else if (Integer.valueOf(DNS_NAME).equals(name.get(0))) {
                    hosts.add(String.valueOf(name.get(1)));
                }
            }
        } catch (CertificateParsingException | IllegalArgumentException e) {
            return new CertificateNames(Set.of(), Set.of()); // what nobody can read speaks for nobody
        }
        return new CertificateNames(addresses, hosts);
    }

    /// A name to call the relay by at this address: the address itself if it is named, or a name that is.
    Optional<String> callableAt(IpAddress address) {
        if (addresses.contains(address)) {
            return Optional.of(address.bracketed());
        }
        return hosts.stream().filter(host -> !host.startsWith("*")).findFirst();
    }

    /// What these names have and `others` lack.
    Set<String> without(CertificateNames others) {
        Set<String> missing = new LinkedHashSet<>();
        addresses.stream()
                .filter(address -> !others.addresses.contains(address))
                .forEach(address -> missing.add(address.toString()));
        hosts.stream().filter(host -> !others.hosts.contains(host)).forEach(missing::add);
        return missing;
    }
}
