package io.callgate.cli;

import io.callgate.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// Which control a command asks, and how it prints the answer.
@Command // without a name: to be a mixin
final class ApiOptions {
    private static final String TOKEN_VARIABLE = "CALLGATE_OPERATOR_TOKEN";

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of serve or control, on this machine (default: callgate-data).")
    private @Nullable Path data;

    @Option(
            names = "--control",
            paramLabel = "URL",
            description = {
                "Control elsewhere: https://HOST:PORT. The operator token comes from CALLGATE_OPERATOR_TOKEN",
                "or --token-file."
            })
    private @Nullable String control;

    @Option(names = "--token-file", paramLabel = "F", description = "With --control: a file with the operator token.")
    private @Nullable Path tokenFile;

    @ArgGroup
    private @Nullable Trusted trusted;

    private static final class Trusted {
        @Option(names = "--ca", paramLabel = "F", description = "With --control: trust these certificates (PEM) alone.")
        private @Nullable Path authorities;

        @Option(
                names = "--pin",
                paramLabel = "SHA256",
                description = "With --control: trust this key alone, as control prints it at its start.")
        private @Nullable String pin;
    }

    @Option(names = "--json", description = "Prints control's answer as JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    Optional<Path> data() {
        return Optional.ofNullable(data);
    }

    /// Whether a control elsewhere is asked.
    boolean isElsewhere() {
        return control != null;
    }

    /// To be closed: without a running control it is one that runs for this command alone.
    ControlApi open(Terminal terminal) {
        if (control == null) {
            if (tokenFile != null || trusted != null) {
                throw wrong("--token-file, --ca and --pin go with --control URL");
            }
            return DataControl.open(new DataFolder(data == null ? DataFolder.DEFAULT : data), terminal.time());
        }
        if (data != null) {
            throw wrong("name --data or --control, not both");
        }
        return new ControlApi(new ControlAccess(url(control), token(), trust()));
    }

    /// Asks once and prints the answer, as JSON or as a person reads it.
    int print(Terminal terminal, Question question, Consumer<ObjectNode> asText) {
        try (ControlApi api = open(terminal)) {
            ObjectNode answer = question.ask(api);
            if (json) {
                terminal.data(JsonOutput.pretty(answer));
            } else {
                asText.accept(answer);
            }
        }
        return 0;
    }

    /// Asks for all pages of a list and prints them, a row an item.
    ///
    /// @param columns empty, with its headings
    int printAll(Terminal terminal, String path, Table columns, Row row) {
        return printAll(terminal, api -> path, columns, row);
    }

    /// The same, of a list that has to be found first.
    int printAll(Terminal terminal, Function<ControlApi, String> path, Table columns, Row row) {
        try (ControlApi api = open(terminal)) {
            List<ObjectNode> items = api.all(path.apply(api));
            if (json) {
                ObjectNode whole = JsonOutput.object();
                whole.putArray("items").addAll(items);
                terminal.data(JsonOutput.pretty(whole));
            } else {
                items.forEach(item -> columns.row(row.cells(item)));
                columns.lines().forEach(terminal::data);
            }
        }
        return 0;
    }

    /// What a command asks of control.
    interface Question {
        ObjectNode ask(ControlApi api);
    }

    /// One item of a list, in columns.
    interface Row {
        @Nullable
        Object[] cells(ObjectNode item);
    }

    private URI url(String text) {
        try {
            URI url = URI.create(text);
            boolean isPlain = "http".equals(url.getScheme());
            if ((isPlain || "https".equals(url.getScheme())) && url.getHost() != null) {
                if (isPlain && !isLoopback(url.getHost())) {
                    throw wrong("--control " + text + ": plain HTTP would show the operator token to the network; want"
                            + " https");
                }
                return url.resolve("/");
            }
        } catch (IllegalArgumentException e) {
            // Said below, with the value.
        }
        throw wrong("--control \"" + text + "\": want https://HOST[:PORT]");
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }

    private Secret token() {
        if (tokenFile != null) {
            try {
                return Secret.of(Files.readString(tokenFile).strip());
            } catch (IOException e) {
                throw new CommandFailed("cannot read the operator token in " + tokenFile + ": " + e.getMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new CommandFailed("the operator token in " + tokenFile + " is empty", e);
            }
        }
        String named = System.getenv(TOKEN_VARIABLE);
        if (named == null || named.isEmpty()) {
            throw wrong("--control wants an operator token: name a file with --token-file, or set " + TOKEN_VARIABLE);
        }
        return Secret.of(named);
    }

    private ControlTrust trust() {
        try {
            if (trusted != null && trusted.pin != null) {
                return ControlTrust.ofPin(trusted.pin);
            }
            return trusted != null && trusted.authorities != null
                    ? ControlTrust.of(Pem.certificates(trusted.authorities))
                    : ControlTrust.ofSystem();
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
    }
}
