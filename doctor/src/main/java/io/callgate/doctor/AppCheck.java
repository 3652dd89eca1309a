package io.callgate.doctor;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.client.net.Login;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseRequest;
import io.callgate.model.RequestedMode;
import io.callgate.model.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A lease asked for with a user's token: what it was given, or why not, and from that the three things that
/// are forgotten most often when a proxy "does not take effect".
record AppCheck(String app, Optional<Lease> lease, Optional<Failure> failure) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int OPERATOR_REFUSES = 42;

    /// @param holds empty: it cannot be told from here
    record Item(String name, Optional<Boolean> holds, String detail) {}

    /// Blocks.
    ///
    /// @throws IllegalArgumentException if that is no token of an app
    static AppCheck ask(LeaseClient control, String token) {
        JsonNode claims = claims(token);
        AppId app = new AppId(claims.path("iss").asString(""));
        LeaseRequest request = LeaseRequest.of(new Subject(claims.path("sub").asString("")));
        try {
            LeaseClient.Claim claim = new LeaseClient.Claim(Optional.of(app), Optional.empty(), () -> token);
            return new AppCheck(app.value(), Optional.of(control.lease(request, claim)), Optional.empty());
        } catch (PathException e) {
            return new AppCheck(app.value(), Optional.empty(), Optional.of(e.failure()));
        }
    }

    private static JsonNode claims(String token) {
        String[] parts = token.split("\\.", -1);
        try {
            if (parts.length == 3) {
                return MAPPER.readTree(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            }
        } catch (JacksonException | IllegalArgumentException e) {
            // said below; the token itself is never shown
        }
        throw new IllegalArgumentException("no token: want a JWT, as `callgate token` prints it");
    }

    Optional<Login> login() {
        return lease.map(given ->
                new Login(given.credential().username(), given.credential().password()));
    }

    List<Item> items() {
        List<Item> items = new ArrayList<>();
        boolean isControls = failure.map(AppCheck::isOfTheOperator).orElse(true);
        boolean isProven = lease.isPresent() || (isControls && !isOfTheToken(failure.orElseThrow()));
        boolean isAsleep =
                failure.map(why -> why.code() == ErrorCode.NOT_ACTIVATED).orElse(false);
        items.add(new Item(
                "valid entry",
                Optional.of(isControls),
                isControls ? "control answers there" : failure.orElseThrow().cause()));
        items.add(new Item(
                "activated",
                isProven ? Optional.of(!isAsleep) : Optional.empty(),
                isProven && !isAsleep
                        ? "app " + app + " gets leases"
                                + failure.map(why -> ", but not now: " + why.cause())
                                        .orElse("")
                        : failure.map(Failure::cause).orElse("")));
        items.add(setInTime());
        return items;
    }

    /// An app that sets a mode itself has to do it before the call: nobody sees that from outside.
    private Item setInTime() {
        boolean byPolicy = lease.isPresent() && lease.get().policy().mode() != RequestedMode.NONE;
        return new Item(
                "set in time",
                byPolicy ? Optional.of(true) : Optional.empty(),
                byPolicy
                        ? "by policy: clients that set no mode use "
                                + lease.get().policy().mode()
                        : "the app has to set it before the call begins");
    }

    /// Whether something is known to be wrong.
    boolean isWrong() {
        return items().stream()
                .anyMatch(item -> item.holds().isPresent() && !item.holds().get());
    }

    private static boolean isOfTheOperator(Failure why) {
        return why.code().number() / 1000 == OPERATOR_REFUSES;
    }

    private static boolean isOfTheToken(Failure why) {
        return why.code().layer() == ErrorCode.Layer.TOKEN;
    }
}
