package io.callgate.cli;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Of a relay file: certificate and key for TLS, and other certificates that it names.
final class TlsSection {
    private static final Set<String> KEYS = YamlMapping.keys("certificate", "key");

    private TlsSection() {}

    static Optional<RelayConfig.Tls> tls(YamlValue value) {
        return value.mapping(KEYS).flatMap(tls -> {
            Optional<YamlValue> certificate = tls.required("certificate", "cert.pem");
            Optional<YamlValue> key = tls.required("key", "key.pem");
            Optional<List<X509Certificate>> chain = certificate.flatMap(TlsSection::certificates);
            Optional<Pem.Key> half =
                    key.flatMap(place -> place.path().flatMap(file -> place.attempt(() -> Pem.key(file))));
            return chain.isPresent() && half.isPresent()
                    ? value.attempt(() -> new RelayConfig.Tls(
                            certificate.flatMap(YamlValue::path).orElseThrow(),
                            half.get().file(),
                            Pem.identity(chain.get(), half.get())))
                    : Optional.empty();
        });
    }

    /// Those who vouch for somebody else; empty after a reported problem.
    static Optional<List<X509Certificate>> authorities(YamlValue place) {
        return certificates(place);
    }

    private static Optional<List<X509Certificate>> certificates(YamlValue place) {
        return place.path().flatMap(file -> place.attempt(() -> Pem.certificates(file)));
    }
}
