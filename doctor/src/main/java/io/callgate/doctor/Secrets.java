package io.callgate.doctor;

import io.callgate.client.net.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What must not be an argument, where everybody on the machine can read it: from files, or from the environment.
final class Secrets {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Map<String, String> environment;

    Secrets(Map<String, String> environment) {
        this.environment = environment;
    }

    /// A user name and password from two variables; empty if neither is set.
    ///
    /// @throws IllegalArgumentException if only one is
    Optional<Login> login(String nameVariable, String passwordVariable) {
        Optional<String> name = variable(nameVariable);
        Optional<String> password = variable(passwordVariable);
        if (name.isPresent() != password.isPresent()) {
            throw new IllegalArgumentException(nameVariable + " and " + passwordVariable + ": set both or none");
        }
        return name.map(known -> new Login(known, password.orElseThrow()));
    }

    /// A text from a variable; empty if it is not set, or set to nothing.
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /// What `credentials --json` prints.
    static Login loginFrom(Path file) {
        try {
            JsonNode document = MAPPER.readTree(text(file));
            return new Login(
                    document.required("username").asString(),
                    document.required("password").asString());
        } catch (JacksonException | IllegalArgumentException e) {
            throw new DoctorException(
                    "cannot use " + file + ": want {\"username\": …, \"password\": …}, as `callgate credentials --json`"
                            + " prints it",
                    e);
        }
    }

    static String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DoctorException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
