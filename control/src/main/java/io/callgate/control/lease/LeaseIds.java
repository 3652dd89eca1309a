package io.callgate.control.lease;

import io.callgate.model.AppId;
import io.callgate.model.Geofence;
import io.callgate.model.LeaseJson;
import io.callgate.model.Region;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Signs lease ids and reads them again: base64url(JSON) `.` base64url(HMAC-SHA256), with a key of all controls,
/// and `.` what relays know the lease by, which is nothing to control.
final class LeaseIds {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private static final int PARTS = 3;

    /// Of a lease that an older control has signed, which lives for a day.
    private static final int PARTS_BEFORE = 2;

    private final SecretKeySpec key;

    LeaseIds(Secret key) {
        this.key = new SecretKeySpec(key.bytes(), "HmacSHA256");
    }

    String sign(LeaseTerms terms, RelayCredential credential) {
        String content = TEXT.encodeToString(write(terms).toString().getBytes(StandardCharsets.UTF_8));
        return content + "." + TEXT.encodeToString(signature(content)) + "." + credential.inLease();
    }

    /// Empty unless one of our controls has signed it.
    Optional<LeaseTerms> verify(String leaseId) {
        String[] parts = leaseId.split("[.]", -1);
        if (parts.length != PARTS && parts.length != PARTS_BEFORE) {
            return Optional.empty();
        }
        String content = parts[0];
        try {
            byte[] shown = Base64.getUrlDecoder().decode(parts[1]);
            return MessageDigest.isEqual(signature(content), shown)
                    ? Optional.of(read(MAPPER.readTree(Base64.getUrlDecoder().decode(content))))
                    : Optional.empty();
        } catch (IllegalArgumentException | JacksonException e) {
            return Optional.empty();
        }
    }

    private byte[] signature(String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static ObjectNode write(LeaseTerms terms) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("id", terms.id().toString());
        node.put("app", terms.app().value());
        node.put("uid", terms.uid().value());
        node.put("exp", terms.expiresAt().getEpochSecond());
        node.put("end", terms.renewableUntil().getEpochSecond());
        terms.region().ifPresent(region -> node.put("region", region.value()));
        if (!terms.regions().equals(Geofence.EVERYWHERE)) {
            node.set("within", LeaseJson.write(terms.regions()));
        }
        terms.carrier().ifPresent(carrier -> node.put("carrier", carrier));
        if (!terms.transports().isEmpty()) {
            ArrayNode transports = node.putArray("via");
            terms.transports().stream().sorted().forEach(transport -> transports.add(transport.name()));
        }
        terms.firewall().ifPresent(version -> node.put("open", version));
        return node;
    }

    private static LeaseTerms read(JsonNode node) {
        Set<Transport> transports = EnumSet.noneOf(Transport.class);
        node.path("via").forEach(name -> transports.add(Transport.valueOf(name.asString())));
        return new LeaseTerms(
                UUID.fromString(node.get("id").asString()),
                new AppId(node.get("app").asString()),
                new Subject(node.get("uid").asString()),
                Instant.ofEpochSecond(node.get("exp").asLong()),
                Instant.ofEpochSecond(node.get("end").asLong()),
                Optional.ofNullable(node.get("region")).map(region -> new Region(region.asString())),
                node.has("within") ? LeaseJson.readGeofence(node.get("within")) : Geofence.EVERYWHERE,
                Optional.ofNullable(node.get("carrier")).map(JsonNode::asString),
                transports,
                node.has("open") ? OptionalLong.of(node.get("open").asLong()) : OptionalLong.empty());
    }
}
